import KindlyConfig
import KindlyCore
import KindlyDesk

/// The status as a person reads it.
struct StatusPage {
  private let report: StatusReport

  init(_ report: StatusReport) {
    self.report = report
  }

  var text: String {
    (head + concerns + counts + remarks + unusable).joined(separator: "\n")
  }

  private var time: TimeText { report.time }

  private var head: [String] {
    var lines: [String] = []
    let delivery = report.delivery
    if !delivery.isLive { lines.append("delivery: \(delivery)") }
    if report.daemonProblem == nil {
      let run = report.status?.run
      let since = run.map { ", version \($0.version), since \(time($0.started))" } ?? ""
      lines.append("daemon: running\(since)")
    }
    return lines
  }

  private var concerns: [String] {
    report.concerns.map { concern in
      let word = concern.level == .critical ? "CRITICAL" : "warning"
      return "\(word): \(OneLine.text(concern.text))"
    }
  }

  private var counts: [String] {
    guard let status = report.status else { return [] }
    var lines: [String] = []
    for state in ReminderState.allCases where !state.isFinal {
      let count = status.open[state] ?? 0
      if count > 0 || state == .waiting { lines.append("\(state.word): \(count)") }
    }
    lines += status.waitingByReason.filter { $0.value > 0 }
      .sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "  \($0.key.words): \($0.value)" }
    if let next = status.nextDue {
      let distance = time.distance(to: next)
      lines.append(
        "next: \(time(next)) (\(next > time.now ? "in \(distance)" : "due \(distance) ago"))")
    }
    if let oldest = status.oldestOverdue { lines.append("oldest overdue: \(time(oldest))") }
    lines.append("in 24 h:")
    for state in ReminderState.allCases where state.isFinal {
      lines.append("  \(state.word): \(status.decided[state] ?? 0)\(byChannel(state, status))")
    }
    if status.neverApplied > 0 {
      lines.append(
        "  never applied: \(status.neverApplied) (planned, but their condition has not held since)")
    }
    if status.suppressed > 0 {
      lines.append(
        "suppressed addresses: \(status.suppressed), of these \(status.newlySuppressed) new in 24 h; "
          + "see `kindly suppression list`")
    }
    if status.unreadInbox > 0 {
      lines.append("inbox: \(status.unreadInbox) unread; see `kindly inbox list --unread`")
    }
    if status.openTasks > 0 {
      lines.append(
        "tasks: \(status.openTasks) open, \(status.overdueTasks) overdue; see `kindly task list`")
    }
    return lines
  }

  private func byChannel(_ state: ReminderState, _ status: LedgerStatus) -> String {
    guard state == .sent, !status.sentByChannel.isEmpty else { return "" }
    let parts = status.sentByChannel.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return " (\(parts.joined(separator: ", ")))"
  }

  /// What works worse than it could: worth a look, but not an alarm.
  private var remarks: [String] {
    let lines = report.remarks
    return lines.isEmpty ? [] : ["worth knowing:"] + lines.map { "  \(OneLine.text($0))" }
  }

  /// Dates that fire nothing, of which the same is true.
  private var unusable: [String] {
    let lines = report.unusableDates
    return lines.isEmpty ? [] : ["dates that fire nothing:"] + lines.map { "  \($0)" }
  }
}

extension StatusReport {
  /// The sentences that are worth knowing.
  fileprivate var remarks: [String] {
    sentences { fact in
      switch fact {
      case .remark, .missed, .calendar, .unknownNames, .refusedRows, .lostCustomers, .noSuccessor,
        .doneIf:
        true
      case .failure, .rows, .addresses, .access, .disarmed, .clock, .behind, .down, .unusableDates,
        .silent, .fuse:
        false
      }
    }
  }

  /// The date columns with values that fire nothing, a sentence each.
  fileprivate var unusableDates: [String] {
    sentences { if case .unusableDates = $0 { true } else { false } }
  }

  private func sentences(_ isMeant: (Problem.Fact) -> Bool) -> [String] {
    problems.filter { isMeant($0.fact) }.flatMap { $0.sentences(in: zone) }
  }
}

extension StatusReport {
  /// One line for a monitoring system: the state, why, and performance data.
  var pluginLine: String {
    let waiting = status?.open[.waiting] ?? 0
    let sent = status?.decided[.sent] ?? 0
    var parts =
      delivery.isLive
      ? [] : ["\(delivery)"]
    parts += concerns.map { PluginText.safe($0.text) }
    if concerns.isEmpty { parts.append("\(waiting) waiting, \(sent) sent in 24 h") }
    let figures = figures.map { "\($0)=\($1)" }.joined(separator: " ")
    return "KINDLY \(level.word) - \(parts.joined(separator: "; ")) | \(figures)"
  }

  /// The performance data, in this order; the counts of what was decided are those of 24 hours.
  private var figures: [(String, String)] {
    let status = status ?? LedgerStatus()
    let late = status.oldestOverdue.map { max(0, (now - $0).wholeMilliseconds / 1000) }
    let decided = ReminderState.allCases.filter(\.isFinal)
      .map { ($0.word, status.decided[$0] ?? 0) }
    var counts = [
      ("waiting", status.open[.waiting] ?? 0), ("uncertain", status.open[.uncertain] ?? 0),
    ]
    counts += decided
    counts += [
      ("suppressed", status.decidedByReason[.suppressed] ?? 0),
      ("channels_down", channels.count),
      ("waiting_for_channels", channels.reduce(0) { $0 + $1.waiting }),
      ("paused", pauses.count), ("held", holds.count),
      ("problems", problems.count(where: \.counts)),
      ("unread", status.unreadInbox),
    ]
    return counts.map { ($0, "\($1)") } + [("overdue", "\(late ?? 0)s")]
  }
}

/// Text for a plugin's line, in which a bar begins the performance data.
enum PluginText {
  static func safe(_ text: String) -> String {
    OneLine.text(text).replacing("|", with: "/")
  }
}

/// The status for scripts.
struct StatusView: Encodable {
  let level: String
  let delivery: String
  let daemon: Bool
  let concerns: [String]
  let concernDetails: [ConcernView]
  let channelsDown: [Channel]
  let remarks: [String]
  let unusableDates: [String]
  let problems: [ProblemView]
  // By our own words.
  let open: [String: Int]
  let waiting: Int
  let waitingByReason: [String: Int]  // by our own words
  let decided: [String: Int]  // by our own words
  let neverApplied: Int
  let decidedByReason: [String: Int]  // by our own words
  // A key of another type than String would be written in snake case, and so name another channel.
  let sentByChannel: [String: Int]
  let nextDue: String?
  let oldestOverdue: String?
  let unreadInbox: Int
  let openTasks: Int
  let overdueTasks: Int
  let suppressedAddresses: Int
  let newlySuppressedAddresses: Int

  init(_ report: StatusReport) {
    let status = report.status ?? LedgerStatus()
    let time = report.time
    level = report.level.word
    delivery = "\(report.delivery)"
    daemon = report.daemonProblem == nil
    concerns = report.concerns.map(\.text)
    concernDetails = report.concerns.map { ConcernView($0) }
    remarks = report.remarks
    unusableDates = report.unusableDates
    problems = report.problems.map { ProblemView($0, time) }
    channelsDown = report.channels.map {
      Channel(
        channel: $0.channel, since: time.stamp($0.since), until: time.stamp($0.until),
        because: $0.because, waiting: $0.waiting)
    }
    open = StatusView.words(status.open, ReminderState.allCases.filter { !$0.isFinal }, \.word)
    waiting = status.open[.waiting] ?? 0
    neverApplied = status.neverApplied
    waitingByReason = StatusView.words(
      status.waitingByReason, Reason.given.filter { $0.state == .waiting }, \.words)
    decided = StatusView.words(
      status.decided, ReminderState.allCases.filter(\.isFinal), \.word)
    decidedByReason = StatusView.words(
      status.decidedByReason, Reason.given.filter { $0.state != .waiting }, \.words)
    let channels = report.configuration.channels.map { ($0.name, 0) }
    let sent = status.sentByChannel.map { ($0.key.string, $0.value) }
    sentByChannel = Dictionary(channels + sent) { $0 + $1 }
    nextDue = time.stamp(status.nextDue)
    oldestOverdue = time.stamp(status.oldestOverdue)
    unreadInbox = status.unreadInbox
    openTasks = status.openTasks
    overdueTasks = status.overdueTasks
    suppressedAddresses = status.suppressed
    newlySuppressedAddresses = status.newlySuppressed
  }

  /// A channel over which nothing goes.
  struct Channel: Encodable {
    let channel: String
    let since: String
    let until: String?
    let because: String?
    let waiting: Int
  }

  /// The counts by the words that people read; what was not met counts zero, so that scripts find every key.
  private static func words<Key: Hashable>(
    _ counts: [Key: Int], _ all: [Key], _ word: (Key) -> String
  ) -> [String: Int] {  // by our own words
    Dictionary(all.map { (word($0), 0) } + counts.map { (word($0.key), $0.value) }) { $0 + $1 }
  }
}
