/// How the `done if` of a rule fails, so that its tasks stay open.
package struct DoneTrouble: Hashable, Sendable, Codable {
  package let problem: SourceProblem
  /// The first few keys of the rows on which it fails; none if it fails on all.
  package let first: [RowKey]
  /// How many rows it fails on; zero if it fails on all.
  package let count: Int

  package init(_ problem: SourceProblem, on keys: Set<RowKey>) {
    self.problem = problem
    first = Array(keys.sorted().prefix(SourceProblem.mostNamedRows))
    count = keys.count
  }

  /// What fails, on which rows, and what becomes of the tasks.
  package func sentence(rule: String) -> String {
    let (what, tasks) =
      switch count {
      case 0: (problem.description, "its tasks stay open")
      case 1: (problem.sentence(on: first, of: 1), "its task stays open")
      default: (problem.sentence(on: first, of: count), "their tasks stay open")
      }
    return "`done if` of rule \(rule): \(what); \(tasks)"
  }
}
