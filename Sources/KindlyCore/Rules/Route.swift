/// The channels that a leg tries in order: `wechat else sms else email`.
///
/// The next channel is tried where one does not send: it rejects, the customer has no address for it, or it stays closed.
/// Behind `after 24 hours unread` it also follows a message that was sent and not read.
package struct Route: Hashable, Sendable, CustomStringConvertible {
  /// One to five channel names; one of them may be `preferred`.
  package let channels: [String]
  /// How long the message before a channel must stay unread until that channel follows it, by the channel's index. Channels
  /// without an entry only follow a message that was not sent.
  package let unread: [Int: Period]

  package static let longest = 5
  /// Stands for the channel that the customer's row names.
  package static let preferred = "preferred"

  package init(_ channels: [String], unread: [Int: Period] = [:]) {
    self.channels = channels
    self.unread = unread
  }

  /// As it is written in the configuration.
  package var description: String { text(separator: " ") }

  /// As it is written, with a separator before each `else`.
  package func text(separator: String) -> String {
    channels.enumerated().map { index, channel in
      guard index > 0 else { return channel }
      return unread[index].map { "else after \($0) unread \(channel)" } ?? "else \(channel)"
    }.joined(separator: separator)
  }

  /// Whether customers' rows decide over the channel.
  package var asksPreference: Bool { channels.contains(Route.preferred) }
}

extension Route {
  /// One channel of a route, as a reminder meets it.
  package struct Turn: Hashable, Sendable {
    /// The channel's place, as the ledger keeps it: its index in the route, or `firstPreferred` and more for a preferred
    /// channel, so that the reminders that wait for it are in a queue of its own.
    package let position: Int
    package let channel: String
    /// How long the message before it must be unread until this channel follows a message that was sent; nil where it only
    /// follows one that was not.
    package let unread: Period?
  }

  /// The position of the first configured channel as a customer's preferred one; above any index in a route.
  private static let firstPreferred = 100

  /// The channels that one person's reminder takes in order, each once, from a position on.
  ///
  /// - Parameters:
  ///   - preference: the channel that the person's row names; one that is not configured is passed over.
  ///   - names: all configured channels, in a fixed order.
  package func turns(
    from position: Int, preferring preference: String?, among names: [ExactText]
  ) -> [Turn] {
    let first = index(of: position)
    let all = channels.indices.map { turn(at: $0, preferring: preference, among: names) }
    // A reminder has not yet taken the channel that it waits for, whatever the customer has come to prefer meanwhile.
    let awaited = (all.indices.contains(first) ? all[first] : nil).map { ExactText($0.channel) }
    var taken = Set(all.prefix(first).compactMap { $0.map { ExactText($0.channel) } })
    if let awaited { taken.remove(awaited) }
    var turns: [Turn] = []
    // The wait before a turn that is not taken is that before the next one.
    var unread: Period?
    for (turn, period) in zip(all, channels.indices.map { self.unread[$0] }).dropFirst(first) {
      unread = unread ?? period
      guard let turn, taken.insert(ExactText(turn.channel)).inserted else { continue }
      turns.append(Turn(position: turn.position, channel: turn.channel, unread: unread))
      unread = nil
    }
    return turns
  }

  /// The turn after one of the channels, for a reminder that was sent over it.
  package func turn(
    after position: Int, preferring preference: String?, among names: [ExactText]
  ) -> Turn? {
    turns(from: position, preferring: preference, among: names).dropFirst().first
  }

  /// The turn of one channel, whoever prefers it; nil where the route does not lead to it.
  package func turn(of channel: String, among names: [ExactText]) -> Turn? {
    if let index = channels.firstIndex(where: { $0.isExactly(channel) }), channel != Route.preferred
    {
      return Turn(position: index, channel: channel, unread: unread[index])
    }
    guard let index = channels.firstIndex(of: Route.preferred) else { return nil }
    return turn(at: index, preferring: channel, among: names)
  }

  /// The channel at a position; nil where only the customer's row tells, or the configuration has changed.
  package func channel(at position: Int, among names: [ExactText]) -> String? {
    if channels.indices.contains(position) {
      return channels[position] == Route.preferred ? nil : channels[position]
    }
    let number = position - Route.firstPreferred
    return names.indices.contains(number) ? names[number].string : nil
  }

  private func turn(
    at index: Int, preferring preference: String?, among names: [ExactText]
  ) -> Turn? {
    guard channels[index] == Route.preferred else {
      return Turn(position: index, channel: channels[index], unread: unread[index])
    }
    guard let preference else { return nil }
    // People write SMS, Sms and sms.
    let wanted = preference.trimmed.folded
    return names.firstIndex { $0.folded == wanted }.map {
      Turn(
        position: Route.firstPreferred + $0, channel: names[$0].string, unread: unread[index])
    }
  }

  /// The index in the route that a position stands for.
  private func index(of position: Int) -> Int {
    guard position >= Route.firstPreferred else { return position }
    return channels.firstIndex(of: Route.preferred) ?? 0
  }
}
