import KindlyCore

/// The queue before one channel: what may leave over it, service before care before marketing, each in order.
actor Lane {
  nonisolated let outlet: Outlet
  /// A queue for each class, the most important first.
  private var queues = MessageClass.allCases.map { _ in Queue() }
  private var takers: [CheckedContinuation<ReadyReminder?, Never>] = []
  private var isClosed = false
  /// Whether its reminders, including those waiting for a slot, are put back.
  private(set) var isRetired = false
  private var nextSlot: Instant?

  /// How many reminders of a class are in memory at once; the others stay in the ledger, where waiting costs nothing.
  static let capacity = 1_000
  /// How few reminders of a class must be left before the lane asks for more. This keeps claims large and never lets a
  /// fast channel run dry.
  static let refillLevel = capacity / 2

  init(outlet: Outlet) {
    self.outlet = outlet
  }

  /// How many more it takes of a class; none until half of those it holds are gone.
  func room(for messageClass: MessageClass) -> Int {
    let count = queues[Lane.index(messageClass)].count
    return isClosed || count > Lane.refillLevel ? 0 : Lane.capacity - count
  }

  /// Takes a reminder in; false where the lane is full or closed.
  func offer(_ ready: ReadyReminder) -> Bool {
    let index = Lane.index(ready.step.messageClass)
    guard !isClosed, queues[index].count < Lane.capacity else { return false }
    if let taker = takers.popLast() {
      taker.resume(returning: ready)
    } else {
      queues[index].append(ready)
    }
    return true
  }

  /// The next reminder if there is one already, and whether the lane has room again without it.
  func takeNow() -> (ready: ReadyReminder, makesRoom: Bool)? {
    guard let index = queues.firstIndex(where: { $0.count > 0 }) else { return nil }
    let ready = queues[index].removeFirst()
    return (ready, queues[index].count == Lane.refillLevel)
  }

  /// The next reminder as soon as there is one; nil when the lane is closed and empty.
  func take() async -> ReadyReminder? {
    if let taken = takeNow() { return taken.ready }
    if isClosed { return nil }
    return await withCheckedContinuation { takers.append($0) }
  }

  /// Closes the lane to new reminders; those in it are still taken.
  func finish() {
    isClosed = true
    for taker in takers { taker.resume(returning: nil) }
    takers = []
  }

  /// Closes the lane and gives back what was not taken yet.
  func retire() -> [ReadyReminder] {
    let left = queues.flatMap(\.rest)
    queues = queues.map { _ in Queue() }
    isRetired = true
    finish()
    return left
  }

  /// The time at which the next hand-over may begin under the channel's rate, taken for the caller.
  func slot(now: Instant) -> Instant {
    guard let interval = outlet.interval else { return calm(now) }
    // Each worker waits for one slot at a time, so a slot further away was computed before the clock was set back.
    let furthest = calm(now) + interval * max(outlet.concurrency, 1)
    let slot = calm(min(max(now, nextSlot ?? now), furthest))
    nextSlot = slot + interval
    return slot
  }

  /// The instant, or the end of the rush it is in, for a channel that keeps away from it.
  private func calm(_ slot: Instant) -> Instant {
    outlet.channel.traits.avoidsHalfHours ? RushMinute.end(at: slot) ?? slot : slot
  }

  private static func index(_ messageClass: MessageClass) -> Int {
    // The classes are numbered from one, in the order of their importance.
    messageClass.rawValue - 1
  }

  /// First in, first out, without moving all that is left each time.
  private struct Queue {
    private var items: [ReadyReminder] = []
    private var head = 0

    var count: Int { items.count - head }
    var rest: ArraySlice<ReadyReminder> { items[head...] }

    mutating func append(_ ready: ReadyReminder) { items.append(ready) }

    mutating func removeFirst() -> ReadyReminder {
      defer {
        head += 1
        // Also when the last item is taken: a customer's message is not kept in memory after its hand-over.
        if head == items.count || head > Lane.capacity {
          items.removeFirst(head)
          head = 0
        }
      }
      return items[head]
    }
  }
}
