package import KindlyConfig
package import KindlyCore

/// A channel that is not sending, and the reminders that wait for it.
package struct ChannelTrouble {
  package let channel: String
  package let since: Instant
  /// When it is tried again; nil if the daemon does not know that it is down.
  package let until: Instant?
  /// The other side's words; nil where nobody recorded them.
  package let because: String?
  package let waiting: Int
  /// What the daemon found out about it; nil if only the waiting reminders show it.
  package let problem: Problem?

  /// Combines what the daemon found out about its channels with what waits in the ledger.
  ///
  /// A daemon that has just started knows of no failure yet; then only the waiting reminders show it.
  package static func all(
    problems: [Problem], waits: [ChannelWait], in configuration: Configuration, now: Instant
  ) -> [ChannelTrouble] {
    let byChannel = Dictionary(grouping: waits) { channel(of: $0, in: configuration) }
    let told = problems.compactMap { problem -> ChannelTrouble? in
      guard case .channel(let name) = problem.subject,
        case .down(let until, let because) = problem.fact
      else { return nil }
      let waiting = byChannel[name, default: []].reduce(0) { $0 + $1.count }
      // Nothing waits and the channel is not down now: it failed once and has not been needed since.
      guard waiting > 0 || until > now else { return nil }
      return ChannelTrouble(
        channel: name, since: problem.since ?? now, until: until, because: because,
        waiting: waiting, problem: problem)
    }
    let silent = byChannel.compactMap { channel, waits -> ChannelTrouble? in
      guard !told.contains(where: { $0.channel.isExactly(channel.string) }) else { return nil }
      return ChannelTrouble(channel.string, waits.filter(showsDown))
    }
    return (told + silent).sorted { $0.channel.exactlyPrecedes($1.channel) }
  }

  /// The channels that refuse mail for some recipients but are not down themselves, and the reminders for these.
  package static func refusing(
    waits: [ChannelWait], besides down: [ChannelTrouble], in configuration: Configuration
  ) -> [ChannelTrouble] {
    let refused = waits.filter { $0.reason == .channelMisconfigured }
    return Dictionary(grouping: refused) { channel(of: $0, in: configuration) }
      .compactMap { channel, waits -> ChannelTrouble? in
        guard !down.contains(where: { $0.channel.isExactly(channel.string) }) else { return nil }
        return ChannelTrouble(channel.string, waits)
      }
      .sorted { $0.channel.exactlyPrecedes($1.channel) }
  }

  private init(
    channel: String, since: Instant, until: Instant?, because: String?, waiting: Int,
    problem: Problem?
  ) {
    self.channel = channel
    self.since = since
    self.until = until
    self.because = because
    self.waiting = waiting
    self.problem = problem
  }

  /// What the waiting reminders alone tell of a channel; nil where none wait.
  private init?(_ channel: String, _ waits: [ChannelWait]) {
    guard let first = waits.min(by: { $0.since < $1.since }) else { return nil }
    self.init(
      channel: channel, since: first.since, until: nil,
      because: first.because ?? waits.compactMap(\.because).first,
      waiting: waits.reduce(0) { $0 + $1.count }, problem: nil)
  }

  /// Whether reminders wait because nothing goes over the channel, and not because of who their recipients are.
  private static func showsDown(_ wait: ChannelWait) -> Bool {
    guard wait.reason == .channelMisconfigured else { return wait.reason == .channelDown }
    return !wait.hasAccepted && wait.customers >= Breaker.mostRefused
  }

  /// The channel whose turn it is in the reminder's route; where the rule is gone, the one that was tried last.
  private static func channel(of wait: ChannelWait, in configuration: Configuration) -> ExactText {
    let step = configuration.rule(named: wait.rule)?.step(named: wait.step)
    guard
      let channel = step?.leg(wait.leg)?.route.channel(
        at: wait.routePosition, among: configuration.channelNames)
    else { return ExactText(wait.lastChannel ?? "?") }
    return ExactText(channel)
  }

  /// Whether letters have waited so long that somebody should be alerted.
  package func isCritical(now: Instant) -> Bool {
    waiting > 0 && since < now - StatusReport.longestDelay
  }

  package func text(_ time: TimeText) -> String {
    let cause = because.map { ": \($0)" } ?? ""
    let count = "\(counted(waiting, "reminder")) \(waiting == 1 ? "waits" : "wait")"
    let next = until.map { $0 > time.now ? "; next attempt at \(time($0))" : "" } ?? ""
    return "channel \(channel) has been down since \(time(since))\(cause); \(count)\(next)"
  }

  /// The sentence about a channel that is not down.
  package var refusal: String {
    let cause = because.map { ": \($0)" } ?? ""
    return "channel \(channel) refuses \(counted(waiting, "reminder")), but is not down\(cause); "
      + "see `kindly outbox list --reason \"\(Reason.channelMisconfigured.words)\"`"
  }
}
