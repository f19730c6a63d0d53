package import KindlyConfig
package import KindlyCore

/// One channel as its operator sees it: whether it sends, what waits for it, and how it went lately.
package struct ChannelOverview: Sendable {
  package enum State: Hashable, Sendable {
    case up
    case paused(Pause)
    /// Down since `since`; the daemon retries it at `until`, which is nil if no time is set.
    case down(since: Instant, until: Instant?)
  }

  package let channel: ChannelSettings
  package let state: State
  /// Reminders whose turn it is with this channel, due or not.
  package let waiting: Int
  /// How many it sent in the last 24 hours, and when it last sent one in the last week.
  package let sent: Int
  package let lastSent: Instant?
  package let lastFailure: ChannelRecords.Failure?

  /// How far back the last success is looked for.
  private static let span = Duration.days(7)

  /// An overview of each channel, in the order of the configuration.
  package static func all(
    _ configuration: Configuration, ledger: (any ReadingLedger)?, now: Instant
  ) async throws -> [ChannelOverview] {
    let lately = try await ledger?.channelRecords(since: now - span) ?? ChannelRecords()
    let status = try await ledger?.status(now: now) ?? LedgerStatus()
    let pauses = try await ledger?.pauses(now: now) ?? []
    let troubles = ChannelTrouble.all(
      problems: status.problems, waits: try await ledger?.channelWaits() ?? [],
      in: configuration, now: now)
    let waiting = Dictionary(grouping: lately.waiting) { channel(of: $0, in: configuration) }
      .mapValues { $0.reduce(0) { $0 + $1.count } }
    return configuration.channels.map { settings in
      let name = ExactText(settings.name)
      return ChannelOverview(
        channel: settings, state: state(of: settings.name, pauses, troubles),
        waiting: waiting[name] ?? 0, sent: status.sentByChannel[name] ?? 0,
        lastSent: lately.sent[name]?.last, lastFailure: lately.failures[name])
    }
  }

  private static func state(
    of channel: String, _ pauses: [Pause], _ troubles: [ChannelTrouble]
  ) -> State {
    let pause = pauses.first { pause in
      switch pause.scope {
      case .all: true
      case .channel(let name): name.isExactly(channel)
      case .rule: false
      }
    }
    if let pause { return .paused(pause) }
    let trouble = troubles.first { $0.channel.isExactly(channel) }
    return trouble.map { .down(since: $0.since, until: $0.until) } ?? .up
  }

  /// The channel whose turn it is; empty where only the customer's row tells, or the rule or the route has gone.
  private static func channel(
    of queue: ChannelRecords.Queue, in configuration: Configuration
  ) -> ExactText {
    let step = configuration.rule(named: queue.rule)?.step(named: queue.step)
    guard
      let channel = step?.leg(queue.leg)?.route.channel(
        at: queue.routePosition, among: configuration.channelNames)
    else { return "" }
    return ExactText(channel)
  }
}
