/// How a task can end.
package struct TaskOutcome: Hashable, Sendable {
  package let name: String
  /// The kinds that it can have, such as what a complaint is about; empty if a person may write any.
  package let kinds: [String]

  package init(_ name: String, kinds: [String] = []) {
    self.name = name
    self.kinds = kinds
  }

  /// The outcome that ends an attempt, and not the task: it is done again on a date.
  package static let again = "again"

  /// The outcomes of a configuration that lists none.
  package static let standard = ["reached", "not reached", "complaint", "wants to buy", again]
    .map { TaskOutcome($0) }
}
