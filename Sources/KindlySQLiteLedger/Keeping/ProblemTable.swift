import Foundation
import GRDB
import KindlyCore

/// The table of what is wrong now.
enum ProblemTable {
  /// What the column `details` holds.
  private struct Details: Codable {
    let subject: Problem.Subject
    let fact: Problem.Fact
  }

  /// Stores exactly these problems. A problem stored before keeps its `since`, unless the new one brings its own.
  static func replace(with problems: [Problem], now: Instant, _ db: Database) throws {
    let before = try Row.fetchAll(
      db, sql: "SELECT id, subject, name, step, item, since FROM problem")
    let known = Dictionary(uniqueKeysWithValues: before.map { (Identity($0), $0) })
    var gone = Set(known.keys)
    for problem in problems {
      let identity = Identity(problem)
      gone.remove(identity)
      let since = problem.since ?? known[identity].map { Instant(milliseconds: $0["since"]) } ?? now
      try keep(problem, identity, since: since, db)
    }
    for identity in gone {
      try db.execute(
        sql: "DELETE FROM problem WHERE id = ?", arguments: [known[identity]?["id"] as Int64?])
    }
  }

  private static func keep(
    _ problem: Problem, _ identity: Identity, since: Instant, _ db: Database
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let details = Details(subject: problem.subject, fact: problem.fact)
    try db.execute(
      sql: """
        INSERT INTO problem (subject, name, step, item, kind, severity, since, details)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject, name, step, item) DO UPDATE SET kind = excluded.kind, severity = excluded.severity,
          since = excluded.since, details = excluded.details
        """,
      arguments: [
        identity.subject.string, identity.name.string, identity.step.string, identity.item.string,
        problem.kind.rawValue, problem.severity.rawValue, since.milliseconds,
        String(decoding: try encoder.encode(details), as: UTF8.self),
      ])
  }

  /// All problems: the worst first, then by subject.
  static func all(_ db: Database) throws -> [Problem] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT since, details FROM problem ORDER BY severity DESC, subject, name, step, item")
    return rows.compactMap { row in
      let text: String = row["details"]
      // Losing the error is right: another version wrote the row, and the daemon's keeper soon replaces it.
      guard let details = try? JSONDecoder().decode(Details.self, from: Data(text.utf8)) else {
        return nil
      }
      return Problem(
        details.subject, fact(of: details), since: Instant(milliseconds: row["since"]))
    }
  }

  /// The fact as this version would have stored it.
  private static func fact(of details: Details) -> Problem.Fact {
    guard case .failure(let problem) = details.fact else { return details.fact }
    return .failure(problem.separated(from: details.subject))
  }

  /// What makes two problems the same one.
  private struct Identity: Hashable {
    let subject: ExactText
    let name: ExactText
    let step: ExactText
    let item: ExactText

    init(_ problem: Problem) {
      subject = ExactText(problem.subject.kind.rawValue)
      name = ExactText(problem.subject.name ?? "")
      step = ExactText(problem.subject.step ?? "")
      // SQLite ends a text at a NUL.
      item = ExactText(OneLine.text(problem.item))
    }

    init(_ row: Row) {
      subject = ExactText(row["subject"])
      name = ExactText(row["name"])
      step = ExactText(row["step"])
      item = ExactText(row["item"])
    }
  }
}

extension SourceProblem {
  /// The end of an earlier version's text about a source that is asked again at the next poll.
  private static let nextPoll = "; Kindly tries again at the next poll"

  /// The same problem with its subject and its retry apart from the text, into which an earlier version wrote both.
  ///
  /// The text about a rule stays as it is: it comes from a database, and may begin with the rule's name by itself.
  fileprivate func separated(from subject: Problem.Subject) -> SourceProblem {
    let start = "\(subject.words): "
    guard self.subject == nil, subject.kind != .rule, text.utf8.starts(with: start.utf8) else {
      return self
    }
    let rest = text.utf8.dropFirst(start.utf8.count)
    let end = SourceProblem.nextPoll.utf8
    guard rest.suffix(end.count).elementsEqual(end) else {
      return SourceProblem(kind, of: subject, String(Substring(rest)), hint: hint)
    }
    return SourceProblem(
      kind, of: subject, String(Substring(rest.dropLast(end.count))), hint: hint, retry: .nextPoll)
  }
}
