/// A `done if`: SQL that holds for the row once a task is done, for example because the CRM shows the call.
package struct DoneCondition: Hashable, Sendable {
  /// The text as the configuration has it.
  package let sql: String
  /// Where `task.created_at` stands in it, in Unicode scalars counted from zero.
  private let offsets: [Int]

  /// What stands for the time at which the task was made.
  private static let created = Array("task.created_at".unicodeScalars)

  /// Refuses a condition that names anything else of the task, or that writes this name in quotes.
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
            "expected `task.created_at`, the only part of a task that a condition can name, got `\(identifier.dotted)`",
          offset: identifier.offset)
      }
      offsets.append(identifier.offset)
    }
    self.offsets = offsets
  }

  /// The condition for a task that was made at a time, as the wall clocks of the source show it: `2026-02-10 09:30:00`.
  /// Kindly's own ledger holds milliseconds instead.
  package func asked(ofTaskMadeAt created: Instant, about watch: Watch, in zone: Zone) -> String {
    let literal =
      watch.ledgerView == nil
      ? "'\(QueryClock(now: created, zone: zone).nowText)'" : "\(created.milliseconds)"
    var scalars = Array(sql.unicodeScalars)
    for offset in offsets.reversed() {
      scalars.replaceSubrange(
        offset..<offset + DoneCondition.created.count, with: literal.unicodeScalars)
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
