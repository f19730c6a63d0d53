/// Divides a batch of claims among the queues of the outbox, so that a flood on one channel holds up no other.
///
/// Channels share the batch equally (max-min fairness): each gets what it can use, up to an equal part of what the others
/// leave. Within a channel service comes before care, and care before marketing; queues of the same class share equally.
package enum FairShare {
  /// A queue with what decides about its share.
  package struct Claimant: Hashable, Sendable {
    package let queue: OutboxQueue
    /// The channel that this queue is sent over; nil if its rule or channel no longer exists, so that its reminders are
    /// only deferred.
    package let channel: String?
    package let messageClass: MessageClass

    package init(queue: OutboxQueue, channel: String?, messageClass: MessageClass) {
      self.queue = queue
      self.channel = channel
      self.messageClass = messageClass
    }
  }

  /// How many reminders of one class a channel can take now.
  package typealias Room = (_ channel: String, _ messageClass: MessageClass) -> Int

  /// The shares of all queues that get one; at most `limit` reminders together.
  package static func divide(
    _ limit: Int, among claimants: [Claimant], room: Room
  ) -> [ClaimShare] {
    let due = claimants.filter { $0.queue.due > 0 }.sorted { $0.queue.next < $1.queue.next }
    let byChannel = Dictionary(grouping: due) { $0.channel.map { ExactText($0) } }
    let channels = byChannel.map { channel, claimants in
      Demand(channel: channel?.string, claimants: claimants, room: room)
    }.sorted { $0.next < $1.next }
    let parts = levels(of: channels.map(\.total), sharing: limit)
    return zip(channels, parts).flatMap { demand, part in demand.shares(of: part) }
  }

  /// Divides `number` fairly (max-min): a claimant gets what it needs, but no more than an equal share of what is left.
  /// The indivisible remainder goes to the first claimants.
  static func levels(of needs: [Int], sharing number: Int) -> [Int] {
    var levels = Array(repeating: 0, count: needs.count)
    var left = number
    let order = needs.indices.sorted { (needs[$0], $0) < (needs[$1], $1) }
    for (place, index) in order.enumerated() {
      // The smallest need comes first, so that whatever it leaves unused goes to the others.
      let claimants = needs.count - place
      levels[index] = min(needs[index], (left + claimants - 1) / claimants)
      left -= levels[index]
    }
    return levels
  }

  /// What one channel can use, class by class.
  private struct Demand {
    /// When the first of its reminders was due.
    let next: Instant
    private let classes: [(claimants: [Claimant], need: Int)]

    /// - Parameter claimants: the oldest first; at least one.
    init(channel: String?, claimants: [Claimant], room: Room) {
      next = claimants[0].queue.next
      let byClass = Dictionary(grouping: claimants, by: \.messageClass)
      // The order of the cases is the order of importance.
      classes = MessageClass.allCases.compactMap { messageClass in
        guard let claimants = byClass[messageClass] else { return nil }
        let due = claimants.reduce(0) { $0 + $1.queue.due }
        return (claimants, channel.map { min(due, max(room($0, messageClass), 0)) } ?? due)
      }
    }

    var total: Int { classes.reduce(0) { $0 + $1.need } }

    func shares(of part: Int) -> [ClaimShare] {
      var left = part
      return classes.flatMap { claimants, need in
        let granted = min(need, left)
        left -= granted
        return zip(claimants, levels(of: claimants.map(\.queue.due), sharing: granted))
          .filter { $0.1 > 0 }
          .map { ClaimShare(queue: $0.0.queue.id, count: $0.1) }
      }
    }
  }
}
