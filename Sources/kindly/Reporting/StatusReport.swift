import KindlyConfig
import KindlyControl
import KindlyCore
import KindlySQLiteLedger

/// The result of `kindly status`: the ledger's figures, whether a daemon runs, and what a person should look at.
struct StatusReport {
  enum Level: Int32, Comparable {
    case ok = 0
    case warning = 1
    case critical = 2
    /// Nothing could be found out.
    case unknown = 3

    var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// One thing that is not as it should be.
  struct Concern {
    let level: Level
    let text: String
  }

  let workplace: Workplace
  /// Why the daemon could not be asked; nil while it answers.
  let daemonProblem: String?
  let status: LedgerStatus?
  let pauses: [KindlyCore.Pause]
  let holds: [ExactText: WatchStanding.Hold]
  let channels: [ChannelTrouble]
  let concerns: [Concern]

  /// A reminder that has been due for longer than this should have been sent. A reminder that waits for a reason is not
  /// overdue.
  static let longestDelay = Duration.minutes(15)
  /// A daemon that works answers within milliseconds.
  static let patience = Duration.seconds(5)

  var level: Level { concerns.map(\.level).max() ?? .ok }

  /// What the daemon found wrong last.
  var problems: [Problem] { status?.problems ?? [] }

  static func make(_ workplace: Workplace) async -> StatusReport {
    let daemon = await daemonProblem(workplace)
    var status: LedgerStatus?
    var pauses: [KindlyCore.Pause] = []
    var holds: [ExactText: WatchStanding.Hold] = [:]
    var waits: [ChannelWait] = []
    var ledgerProblem: String?
    do {
      (status, pauses, holds, waits) = try await workplace.reading { ledger in
        (
          try await ledger.status(now: workplace.now),
          try await ledger.pauses(now: workplace.now),
          try await ledger.standings().compactMapValues(\.anyHold),
          try await ledger.channelWaits()
        )
      }
    } catch {
      ledgerProblem = Failure(error)?.description ?? "\(error)"
    }
    let channels = ChannelTrouble.all(
      problems: status?.problems ?? [], waits: waits, in: workplace.configuration,
      now: workplace.now)
    let finder = ConcernFinder(
      workplace: workplace, daemon: daemon, ledgerProblem: ledgerProblem, status: status,
      pauses: pauses, holds: holds, channels: channels,
      refusing: ChannelTrouble.refusing(
        waits: waits, besides: channels, in: workplace.configuration))
    return StatusReport(
      workplace: workplace, daemonProblem: daemon, status: status, pauses: pauses, holds: holds,
      channels: channels, concerns: finder.all)
  }

  /// Why the daemon could not be asked; nil if it answers.
  private static func daemonProblem(_ workplace: Workplace) async -> String? {
    do {
      let client = ControlClient(path: workplace.socket, timeout: patience)
      switch try await client.send(.standing) {
      case .standing: return nil
      case .ok(let text, _), .refused(let text): return text
      }
    } catch {
      return "\(error)"
    }
  }
}

/// Judges what was found: what is a warning, and what does not work.
struct ConcernFinder {
  let workplace: Workplace
  let daemon: String?
  let ledgerProblem: String?
  let status: LedgerStatus?
  let pauses: [KindlyCore.Pause]
  let holds: [ExactText: WatchStanding.Hold]
  let channels: [ChannelTrouble]
  let refusing: [ChannelTrouble]

  private var time: TimeText { workplace.time }

  var all: [StatusReport.Concern] {
    var concerns: [StatusReport.Concern] = []
    func add(_ level: StatusReport.Level, _ text: String) {
      concerns.append(StatusReport.Concern(level: level, text: text))
    }
    if let fault = workplace.fault { add(.warning, fault.summary) }
    if let move = workplace.move { add(.warning, move) }
    if let daemon { add(.critical, daemon) }
    if let ledgerProblem { add(.critical, ledgerProblem) }
    guard let status else { return concerns }
    for channel in channels {
      add(channel.isCritical(now: workplace.now) ? .critical : .warning, channel.text(time))
    }
    for channel in refusing { add(.warning, channel.refusal) }
    for text in DeliveryTrouble(status).texts { add(.warning, text) }
    if let oldest = status.oldestOverdue, oldest < workplace.now - StatusReport.longestDelay,
      // A reminder that waits for its channel's rate is late, but nothing is broken.
      !status.problems.contains(where: { $0.fact == .behind })
    {
      add(.critical, "a reminder has been due since \(time.named(oldest)) and has not been sent")
    }
    for problem in status.problems where problem.isConcern {
      let level: StatusReport.Level = problem.severity == .critical ? .critical : .warning
      for sentence in problem.sentences(in: workplace.zone) { add(level, sentence) }
    }
    for (watch, hold) in holds.sorted(by: { $0.key < $1.key }) {
      add(
        .warning,
        "watch \(watch) has been held since \(time.named(hold.since)): \(hold.text); "
          + "run `kindly source accept \(watch)` or `kindly source ignore \(watch)`")
    }
    if let count = status.open[.uncertain], count > 0 {
      add(
        .warning,
        "\(counted(count, "reminder")) uncertain; see `kindly outbox list --state uncertain`")
    }
    for pause in pauses {
      let end = pause.until.map { " until \(time.named($0))" } ?? ""
      add(.warning, "\(pause.scope.words) is paused\(end) by \(pause.by): \(pause.because)")
    }
    return concerns
  }
}

extension Problem {
  /// Whether it is told as it stands. A channel that is down is told with the reminders that wait for it, and what is
  /// only worth knowing raises no alarm.
  fileprivate var isConcern: Bool {
    if case .down = fact { false } else { severity > .notice }
  }
}
