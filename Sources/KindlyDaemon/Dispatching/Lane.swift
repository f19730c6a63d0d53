import KindlyCore

/// The queue before one channel: what may leave over it, service before care before marketing, each by due time.
actor Lane {
  /// A reminder taken out of the lane, and whether the lane has room again without it.
  typealias Taken = (errand: Errand, makesRoom: Bool)

  nonisolated let outlet: Outlet
  /// How many reminders of a class are in memory at once; the others stay in the ledger, where waiting costs nothing.
  nonisolated let capacity: Int
  /// A queue for each class, the most important first.
  private var queues = MessageClass.allCases.map { _ in LaneQueue() }
  private var takers: [CheckedContinuation<Taken?, Never>] = []
  /// How many hand-overs may be under way, and how many are.
  private var concurrency: ConcurrencyLimit
  private var underWay = 0
  private var isClosed = false
  /// Whether its reminders, including those waiting for a slot, are put back.
  private(set) var isRetired = false
  private var nextSlot: Instant?

  /// The capacity of a channel without a rate. It keeps claims large and never lets a fast channel run dry.
  static let largestCapacity = 1_000
  /// Below this, claiming would cost more than waiting in line.
  private static let smallestCapacity = 10

  init(outlet: Outlet) {
    self.outlet = outlet
    concurrency = ConcurrencyLimit(most: outlet.concurrency)
    capacity = Lane.capacity(at: outlet.interval)
  }

  /// As many as the channel can send while their recheck is fresh. A reminder claimed too early must be read again, and a
  /// more urgent one that comes later would have to wait behind it.
  private static func capacity(at interval: Duration?) -> Int {
    guard let interval, interval > .zero else { return largestCapacity }
    let fresh = Int(Recheck.freshness.wholeMilliseconds / max(interval.wholeMilliseconds, 1))
    return min(max(fresh, smallestCapacity), largestCapacity)
  }

  /// How few reminders of a class must be left before the lane asks for more.
  nonisolated var refillLevel: Int { capacity / 2 }

  /// How many more it takes of a class; none until half of those it holds are gone.
  func room(for messageClass: MessageClass) -> Int {
    let count = queues[Lane.index(messageClass)].count
    return isClosed || count > refillLevel ? 0 : capacity - count
  }

  /// Accepts an errand; false if the lane is full or closed. A parcel may exceed the capacity once.
  func offer(_ errand: Errand) -> Bool {
    let index = Lane.index(errand.messageClass)
    guard !isClosed, queues[index].count < capacity else { return false }
    queues[index].insert(errand)
    dispense()
    return true
  }

  /// The next reminder if there is one that may leave already.
  func takeNow() -> Taken? {
    guard underWay < concurrency.current,
      let index = queues.firstIndex(where: { $0.count > 0 })
    else { return nil }
    underWay += 1
    let before = queues[index].count
    let errand = queues[index].removeFirst()
    return (errand, before > refillLevel && queues[index].count <= refillLevel)
  }

  /// Ends the hand-over of the one taken before, and takes the next if there is one that may leave already.
  func takeNext() -> Taken? {
    underWay -= 1
    return takeNow()
  }

  /// How many workers wait for a reminder.
  var waiting: Int { takers.count }

  /// The next reminder as soon as one may leave; nil when the lane is closed and others hand over what is left.
  func take() async -> Taken? {
    if let taken = takeNow() { return taken }
    if isClosed { return nil }
    return await withCheckedContinuation { takers.append($0) }
  }

  /// Adapts the number of hand-overs at once to what became of one.
  func note(_ outcome: Outcome, began: Instant, opensBreaker: Bool, now: Instant) {
    concurrency.note(outcome, began: began, opensBreaker: opensBreaker, now: now)
    dispense()
  }

  /// Closes the lane to new reminders; those in it are still taken.
  func finish() {
    isClosed = true
    for taker in takers { taker.resume(returning: nil) }
    takers = []
  }

  /// Closes the lane and gives back what was not taken yet.
  func retire() -> [Errand] {
    let left = queues.flatMap(\.all)
    queues = queues.map { _ in LaneQueue() }
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

  /// Gives waiting workers what may leave.
  private func dispense() {
    while let taker = takers.last, let taken = takeNow() {
      takers.removeLast()
      taker.resume(returning: taken)
    }
  }

  /// The instant, or the end of the rush it is in, for a channel that keeps away from it.
  private func calm(_ slot: Instant) -> Instant {
    outlet.channel.traits.avoidsHalfHours ? RushMinute.end(at: slot) ?? slot : slot
  }

  private static func index(_ messageClass: MessageClass) -> Int {
    // The classes are numbered from one, in the order of their importance.
    messageClass.rawValue - 1
  }
}
