import KindlyCore

/// The reminders of one class in a lane, the one that has been due longest first: a binary heap.
struct LaneQueue {
  private var heap: [Errand] = []
  /// The number of reminders; an errand may have several.
  private(set) var count = 0

  /// In no order.
  var all: [Errand] { heap }

  mutating func insert(_ errand: Errand) {
    heap.append(errand)
    count += errand.reminders.count
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(child, parent) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the first one out; there must be one.
  mutating func removeFirst() -> Errand {
    heap.swapAt(0, heap.count - 1)
    let first = heap.removeLast()
    count -= first.reminders.count
    var parent = 0
    while let child = firstChild(of: parent), precedes(child, parent) {
      heap.swapAt(child, parent)
      parent = child
    }
    return first
  }

  private func firstChild(of parent: Int) -> Int? {
    let left = 2 * parent + 1
    guard left < heap.count else { return nil }
    return left + 1 < heap.count && precedes(left + 1, left) ? left + 1 : left
  }

  private func precedes(_ one: Int, _ other: Int) -> Bool {
    let (left, right) = (heap[one].reminder, heap[other].reminder)
    return (left.due, left.id) < (right.due, right.id)
  }
}
