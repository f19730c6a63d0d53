import Synchronization

/// Numbers the connections of this process that a pulse depends on.
///
/// Some databases count commits for each connection on its own, so the same count from two connections says nothing:
/// when a reload opens a new one, commits made meanwhile must not count as seen.
enum ConnectionNumber {
  private static let last = Atomic<Int64>(0)

  /// A number that no connection of this process has had.
  static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
}
