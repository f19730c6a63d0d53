import KindlyCore
import Logging

/// The columns that the rows of the directory have now, compared with those that the configuration names.
struct DirectoryColumns: Sendable {
  private let directory: PeopleDirectory
  private let present: Set<ExactText>
  private let missing: [(word: String, column: String)]

  init(_ directory: PeopleDirectory, present: Set<ExactText>) {
    self.directory = directory
    self.present = present
    missing = directory.missingColumns(among: present)
  }

  /// The columns of the people who were read; nil if no row of one was read.
  init?(_ directory: PeopleDirectory?, of entries: some Sequence<PeopleLookup.Entry>) {
    // All rows come from one table or query, so they have the same columns. A row that was not read has none.
    guard let directory, let person = entries.first(where: { $0.fault == nil })?.person else {
      return nil
    }
    self.init(
      directory, present: Set(person.values.keys).union(person.secrets.keys))
  }

  private var subject: Problem.Subject {
    switch directory.kind {
    case .customers: .customers
    case .colleagues: .colleagues
    }
  }

  /// The reminders that the missing columns hold up.
  private var affected: String {
    switch directory.kind {
    case .customers: "all reminders"
    case .colleagues: "reminders to colleagues"
    }
  }

  /// Why no reminder can go: the missing columns, and what to do about them; nil if all are there.
  var problem: SourceProblem? {
    guard !missing.isEmpty else { return nil }
    let names = missing.map { "no column \($0.column) (`\($0.word): \($0.column)`)" }
    let near = missing.compactMap { Suggestion.nearest(to: $0.column, among: present) }.first
    let columns = present.sorted().map(\.string).joined(separator: ", ")
    return SourceProblem(
      .watch, of: subject, "watch \(directory.watch) has \(names.joined(separator: ", "))",
      hint: (near.map { "did you mean \($0)? " } ?? "") + "the columns are \(columns)")
  }

  /// The missing columns as the evidence of a reminder that waits for them.
  var evidence: String? {
    JSONText.object(
      missing.reduce(into: RowValues()) { values, missing in
        values[ExactText("\(directory.watch).\(missing.column)")] = .text("no such column")
      })
  }

  /// Records whether columns are missing for `kindly status`, and logs when that changes.
  func record(in health: Health, _ log: Logger) {
    let metadata: Logger.Metadata = ["watch": "\(directory.watch)"]
    if let problem {
      guard health.recordFailure(of: subject, problem) else { return }
      let hint = problem.hint.map { "; \($0)" } ?? ""
      log.error(
        "\(problem.description)\(hint); \(affected) wait until the watch has it again, or `\(directory.kind.rawValue):` names another column",
        metadata: metadata)
    } else if health.recordRecovery(of: subject) {
      log.notice(
        "watch \(directory.watch) has every column that `\(directory.kind.rawValue):` names again",
        metadata: metadata)
    }
  }
}
