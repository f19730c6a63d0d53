import KindlyCore
import Synchronization

/// Warnings about a source that still answers.
final class RemarkBoard: Sendable {
  enum Topic: Hashable, Sendable {
    /// One of two connections does not come about.
    case connections
    /// Commits are not told of.
    case hints
    /// A column holds text of another encoding.
    case text(watch: String, column: String)
  }

  private let remarks = Mutex<[Topic: String]>([:])

  var all: [String] { remarks.withLock { $0.values.sortedExactly } }

  func set(_ text: String?, about topic: Topic) { remarks.withLock { $0[topic] = text } }

  /// Sets what stays said, although it is found again with other numbers.
  func setOnce(_ text: String, about topic: Topic) {
    remarks.withLock { remarks in
      if remarks[topic] == nil { remarks[topic] = text }
    }
  }
}
