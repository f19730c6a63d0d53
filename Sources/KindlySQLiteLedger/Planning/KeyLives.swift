import GRDB
import KindlyCore

/// Which row a key has now, counted from 1, for the dated occurrences of a rule.
///
/// A former row's dates may be the new row's dates too, and its letters say nothing about the new row's.
struct KeyLives {
  struct Life {
    /// The second row of a key has number 2.
    let number: Int
    /// What was planned before is about the row before.
    let since: Instant
  }

  /// Nil where no key of the rule's watch ever passed on, which is mostly so.
  private let statement: Prepared?

  init(_ db: Database, rule: Int64) throws {
    let watch = try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT watch.id FROM rule JOIN watch ON watch.name = rule.watch
          WHERE rule.id = ? AND EXISTS (SELECT 1 FROM former_row WHERE watch = watch.id)
          """), arguments: [rule])
    statement = try watch.map { watch in
      let statement = try Prepared(
        db, "SELECT count(*), max(gone_at) FROM former_row WHERE watch = ?1 AND row_key = ?2")
      statement.bind(watch, at: 1)
      return statement
    }
  }

  /// The life of a key that had another row before; nil where it had none.
  func life(of key: RowKey) throws -> Life? {
    guard let statement else { return nil }
    statement.bind(key.text, at: 2)
    defer { statement.reset() }
    guard try statement.step(), let since = statement.optionalInstant(1) else { return nil }
    return Life(number: Int(statement.integer(0)) + 1, since: since)
  }
}
