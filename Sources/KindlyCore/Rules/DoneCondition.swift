/// A `done if`: SQL on the row under which a task counts as done, such as a call that the CRM shows.
package struct DoneCondition: Hashable, Sendable {
  /// The text as the configuration has it.
  package let sql: String
  /// Where `task.created_at` stands in it, in Unicode scalars counted from zero.
  private let offsets: [Int]

  /// What stands for the time at which the task was made.
  private static let created = Array("task.created_at".unicodeScalars)

  /// Refuses what names anything else of the task, or names it in quotes.
  package init(_ text: ConditionText) throws(ConditionProblem) {
    sql = text.sql
    let scalars = Array(text.sql.unicodeScalars)
    var offsets: [Int] = []
    for identifier in text.identifiers
    where identifier.parts.count > 1 && identifier.parts[0].lowercased() == "task" {
      let written = scalars.dropFirst(identifier.offset).prefix(DoneCondition.created.count)
      guard identifier.parts.count == 2, identifier.parts[1].lowercased() == "created_at",
        written.map(\.properties.lowercaseMapping) == DoneCondition.created.map(String.init)
      else {
        throw ConditionProblem(
          text:
            "expected `task.created_at`, which is all that a condition can name of the task, got `\(identifier.dotted)`",
          offset: identifier.offset)
      }
      offsets.append(identifier.offset)
    }
    self.offsets = offsets
  }

  /// The condition for a task that was made at a time, as the wall clocks of the source show it: `2026-02-10 09:30:00`.
  package func asked(ofTaskMadeAt created: Instant, in zone: Zone) -> String {
    let literal = "'\(QueryClock(now: created, zone: zone).nowText)'"
    var scalars = Array(sql.unicodeScalars)
    for offset in offsets.reversed() {
      scalars.replaceSubrange(
        offset..<offset + DoneCondition.created.count, with: literal.unicodeScalars)
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
