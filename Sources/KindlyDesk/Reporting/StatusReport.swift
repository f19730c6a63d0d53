package import KindlyConfig
package import KindlyCore

/// The result of `kindly status`: the ledger's figures, whether a daemon runs, and what a person should look at.
package struct StatusReport {
  package enum Level: Int32, Comparable {
    case ok = 0
    case warning = 1
    case critical = 2
    /// Nothing could be found out.
    case unknown = 3

    package var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }

    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// One thing that is not as it should be.
  package struct Concern {
    package let level: Level
    package let text: String
    /// What the daemon found out about it; nil if the status itself found it.
    package let problem: Problem?
  }

  package let configuration: Configuration
  package let now: Instant
  /// Why the daemon could not be asked; nil while it answers.
  package let daemonProblem: String?
  package let status: LedgerStatus?
  package let pauses: [KindlyCore.Pause]
  package let holds: [ExactText: WatchStanding.Hold]
  package let channels: [ChannelTrouble]
  package let concerns: [Concern]

  /// A reminder that has been due for longer than this should have been sent. A reminder that waits for a reason is not
  /// overdue.
  package static let longestDelay = Duration.minutes(15)
  package var zone: Zone { configuration.timezone }
  package var time: TimeText { TimeText(zone: zone, now: now) }
  package var delivery: DeliveryMode { configuration.delivery }

  package var level: Level { concerns.map(\.level).max() ?? .ok }

  /// The problems that the daemon last found, without channels that went down and have not been needed since.
  package var problems: [Problem] {
    (status?.problems ?? []).filter { problem in
      guard case .channel = problem.subject, case .down = problem.fact else { return true }
      return channels.contains { $0.channel.isExactly(problem.subject.name ?? "") }
    }
  }

  /// What the ledger says.
  package struct Facts: Sendable {
    package let status: LedgerStatus
    package let pauses: [KindlyCore.Pause]
    package let holds: [ExactText: WatchStanding.Hold]
    package let waits: [ChannelWait]
  }

  /// Judges what is known.
  ///
  /// - Parameters:
  ///   - remarks: what else someone should look at, a sentence each.
  ///   - facts: what the ledger says, or why it cannot be read.
  package init(
    _ configuration: Configuration, now: Instant, remarks: [String], daemonProblem: String?,
    facts: Result<Facts, Unreadable>
  ) {
    let known: Facts? = if case .success(let facts) = facts { facts } else { nil }
    channels = ChannelTrouble.all(
      problems: known?.status.problems ?? [], waits: known?.waits ?? [], in: configuration,
      now: now)
    let finder = ConcernFinder(
      now: now, zone: configuration.timezone, remarks: remarks, daemon: daemonProblem,
      facts: facts, channels: channels,
      refusing: ChannelTrouble.refusing(
        waits: known?.waits ?? [], besides: channels, in: configuration))
    self.configuration = configuration
    self.now = now
    self.daemonProblem = daemonProblem
    status = known?.status
    pauses = known?.pauses ?? []
    holds = known?.holds ?? [:]
    concerns = finder.all
  }

  /// Why the ledger cannot be read.
  package struct Unreadable: Error {
    package let description: String

    package init(description: String) { self.description = description }
  }
}

extension StatusReport.Facts {
  package init(of ledger: any ReadingLedger, now: Instant) async throws {
    self.init(
      status: try await ledger.status(now: now), pauses: try await ledger.pauses(now: now),
      holds: try await ledger.standings().compactMapValues(\.anyHold),
      waits: try await ledger.channelWaits())
  }
}

/// Judges what was found: what is a warning, and what does not work.
struct ConcernFinder {
  let now: Instant
  let zone: Zone
  let remarks: [String]
  let daemon: String?
  let facts: Result<StatusReport.Facts, StatusReport.Unreadable>
  let channels: [ChannelTrouble]
  let refusing: [ChannelTrouble]

  private var time: TimeText { TimeText(zone: zone, now: now) }

  var all: [StatusReport.Concern] {
    var concerns: [StatusReport.Concern] = []
    func add(_ level: StatusReport.Level, _ text: String, _ problem: Problem? = nil) {
      concerns.append(StatusReport.Concern(level: level, text: text, problem: problem))
    }
    for remark in remarks { add(.warning, remark) }
    if let daemon { add(.critical, daemon) }
    let known: StatusReport.Facts
    switch facts {
    case .success(let facts): known = facts
    case .failure(let problem):
      add(.critical, problem.description)
      return concerns
    }
    let status = known.status
    for channel in channels {
      add(
        channel.isCritical(now: now) ? .critical : .warning, channel.text(time), channel.problem)
    }
    for channel in refusing { add(.warning, channel.refusal) }
    for text in DeliveryTrouble(status).texts { add(.warning, text) }
    if let oldest = status.oldestOverdue, oldest < now - StatusReport.longestDelay {
      let behind = status.problems.filter { $0.fact == .behind }
      if behind.isEmpty {
        add(.critical, "a reminder has been due since \(time(oldest)) and has not been sent")
      }
      // A reminder that waits for its channel's rate is late, but nothing is broken.
      for problem in behind {
        for sentence in problem.sentences(in: zone) { add(.warning, sentence, problem) }
      }
    }
    for problem in status.problems where problem.isConcern {
      let level: StatusReport.Level = problem.severity == .critical ? .critical : .warning
      for sentence in problem.sentences(in: zone) { add(level, sentence, problem) }
    }
    for (watch, hold) in known.holds.sorted(by: { $0.key < $1.key }) {
      add(
        .warning,
        "watch \(watch) has been held since \(time(hold.since)): \(hold.text); "
          + "run `kindly source accept \(watch)` or `kindly source ignore \(watch)`")
    }
    if let count = status.open[.uncertain], count > 0 {
      add(
        .warning,
        "\(counted(count, "reminder")) uncertain; see `kindly outbox list --state uncertain`")
    }
    for pause in known.pauses {
      let end = pause.until.map { " until \(time($0))" } ?? ""
      add(.warning, "\(pause.scope.words) is paused\(end) by \(pause.by): \(pause.because)")
    }
    return concerns
  }
}

extension Problem {
  /// Whether it is reported by itself. A channel that is down is reported with the reminders that wait for it, one that
  /// is behind with the late reminders, and other notices raise no alarm.
  fileprivate var isConcern: Bool {
    switch fact {
    case .down: if case .channel = subject { false } else { true }
    case .failure, .rows, .addresses, .access, .disarmed, .clock, .fuse, .silent: true
    case .behind, .remark, .missed, .unusableDates, .calendar, .unknownNames, .refusedRows,
      .lostCustomers, .noSuccessor, .doneIf:
      false
    }
  }
}
