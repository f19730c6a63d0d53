import KindlyCore

/// The queue before one channel: what may leave over it, in order.
actor Lane {
  nonisolated let outlet: Outlet
  private var queue: [ReadyReminder] = []
  private var head = 0
  private var takers: [CheckedContinuation<ReadyReminder?, Never>] = []
  private var isClosed = false
  /// Whether what is in it, and what waits for its slot, is given back.
  private(set) var isRetired = false
  private var nextSlot: Instant?
  private var pace = LanePace()
  /// When the last of those that were put back comes again.
  private var lastTurn: Instant?
  private var accepted = 0
  /// How many it had accepted when some of them were last let come before their turn.
  private var acceptedBefore: Int?

  /// More than this is put back into the ledger, so that one slow channel cannot hold all that is claimed.
  static let capacity = 1_000
  /// What a reminder that was put back waits at least.
  static let shortestPause = Duration.seconds(2)
  /// What it waits at most: by then the channel may be another one.
  private static let longestPause = Duration.minutes(10)

  init(outlet: Outlet) {
    self.outlet = outlet
  }

  var backlog: Int { queue.count - head }

  /// Takes a reminder in; false where the lane is full or closed.
  func offer(_ ready: ReadyReminder) -> Bool {
    guard !isClosed, backlog < Lane.capacity else { return false }
    accepted += 1
    if let taker = takers.popLast() {
      taker.resume(returning: ready)
    } else {
      queue.append(ready)
    }
    return true
  }

  /// The next reminder if one is there already.
  func takeNow() -> ReadyReminder? {
    guard head < queue.count else {
      pace.rest()
      return nil
    }
    pace.take()
    defer {
      head += 1
      // The last ones too: what was handed over is a customer's, and is not kept in memory.
      if head == queue.count || head > Lane.capacity {
        queue.removeFirst(head)
        head = 0
      }
    }
    return queue[head]
  }

  /// The next reminder as soon as there is one; nil when the lane is closed and empty.
  func take() async -> ReadyReminder? {
    if let ready = takeNow() { return ready }
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
    let left = Array(queue[head...])
    queue = []
    head = 0
    isRetired = true
    finish()
    return left
  }

  /// When a reminder that finds the lane full comes again: one pace behind the one that was put back before it.
  ///
  /// If all came after the same short while, the few that then find room would cost a claim and a recheck of all the others.
  func turn(now: Instant) -> Instant {
    pace.measure(now: now)
    let interval = outlet.interval ?? pace.interval
    let soonest = now + max(Lane.shortestPause, interval * (Lane.capacity / 2))
    let turn = min(max(soonest, (lastTurn ?? now) + interval), now + Lane.longestPause)
    lastTurn = turn
    return turn
  }

  /// Whether it has run empty before the turn of all that were put back: the channel is faster than it was.
  func isStarved(now: Instant) -> Bool {
    guard let lastTurn, backlog == 0 else { return false }
    return lastTurn > now
  }

  /// Notes how many are let come before their turn, of this lane's and perhaps of others'.
  ///
  /// Where these are the last, or the ones before brought this lane nothing, what may be left comes in its turn.
  func refill(with count: Int) {
    let isVain = acceptedBefore == accepted
    acceptedBefore = accepted
    if count < Lane.capacity || isVain { (lastTurn, acceptedBefore) = (nil, nil) }
  }

  /// The time at which the next hand-over may begin under the channel's rate, taken for the caller.
  func slot(now: Instant) -> Instant {
    guard let interval = outlet.interval else { return now }
    // Whoever takes from the lane waits for one slot at a time; one further away is of a clock that was set back.
    let furthest = now + interval * max(outlet.concurrency, 1)
    let slot = min(max(now, nextSlot ?? now), furthest)
    nextSlot = slot + interval
    return slot
  }
}
