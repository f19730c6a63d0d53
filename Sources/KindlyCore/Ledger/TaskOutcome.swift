/// How a task can end.
package struct TaskOutcome: Hashable, Sendable {
  package let name: String
  /// Its possible kinds, such as the subjects of complaints; empty if any text is allowed.
  package let kinds: [String]

  package init(_ name: String, kinds: [String] = []) {
    self.name = name
    self.kinds = kinds
  }

  /// The outcome that ends an attempt but not the task, which is to be done again on a date.
  package static let again = "again"

  /// The outcomes of a configuration that lists none.
  package static let standard = ["reached", "not reached", "complaint", "wants to buy", again]
    .map { TaskOutcome($0) }
}
