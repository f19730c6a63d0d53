import KindlyCore

/// Everything that was found out about a database, table by table.
struct SourceInspection {
  let inventory: SourceInventory
  let surveys: [RelationSurvey]
  /// Tables that could not be read, and why.
  let failures: [(relation: ListedRelation, problem: SourceProblem)]
  /// Tables that were left out because there are so many.
  let leftOut: [String]
  let proposal: CustomerProposal?
  /// The statements that grant the right to read what is proposed, or everything if nothing is.
  let grants: String

  /// A database with more tables is an ERP's; the relevant ones must be named with `--table`.
  static let mostRelations = 200

  /// Looks at the tables one after the other, each in a transaction of its own.
  ///
  /// - Parameter tables: those to look at; all where there are none.
  init(of source: any InspectingSource, tables: [String] = []) async throws {
    let inventory = try await source.inventory()
    let wanted = try SourceInspection.wanted(tables, in: inventory)
    var surveys: [RelationSurvey] = []
    var failures: [(relation: ListedRelation, problem: SourceProblem)] = []
    for relation in wanted.prefix(SourceInspection.mostRelations) {
      do throws(SourceProblem) {
        surveys.append(try await source.survey(relation))
      } catch {
        // A table that is slow or locked is one thing, a server that is gone another.
        if error.kind == .unreachable { _ = try await source.pulse() }
        failures.append((relation, error))
      }
    }
    self.inventory = inventory
    self.surveys = surveys
    self.failures = failures
    leftOut = wanted.dropFirst(SourceInspection.mostRelations).map(\.name)
    proposal = CustomerProposal(surveys)
    let watched = proposal.map { [$0.customers] + $0.others }?.map(\.relation)
    let readable = watched ?? surveys.map(\.name)
    grants = readable.isEmpty ? "" : try await source.grants(reading: readable)
  }

  private static func wanted(
    _ tables: [String], in inventory: SourceInventory
  ) throws -> [ListedRelation] {
    if tables.isEmpty { return inventory.relations }
    return try tables.map { table in
      let found =
        inventory.relations.first { $0.name == table }
        ?? inventory.relations.first { $0.name.lowercased() == table.lowercased() }
      if let found { return found }
      let names = inventory.relations.map(\.name)
      throw Failure(
        .refused,
        "there is no table \(table)" + Suggestion.text(for: table, among: names)
          + (names.isEmpty ? "; the database has none at all" : ""))
    }
  }

  /// The message of a failure without the name of a watch that nobody has written.
  static func text(of problem: SourceProblem, for relation: ListedRelation) -> String {
    var text = problem.askedOnce.description
    if case .watch(let name) = problem.subject, name.isExactly(relation.name) {
      text = problem.text
    }
    return problem.hint.map { "\(text); \($0)" } ?? text
  }
}

extension Failure {
  /// An error as someone reads it who has asked once: nobody polls here.
  init?(askedOnce error: any Error) {
    if let problem = error as? SourceProblem {
      self.init(problem.askedOnce)
    } else {
      self.init(error)
    }
  }
}
