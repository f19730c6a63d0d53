import GRDB
import KindlyCore

/// An attempt with its channel's number.
struct StoredAttempt {
  let reminder: Int64
  let channel: Int64
  let record: AttemptRecord
}

/// Inserts the attempts of a submission, many rows a statement, because preparing one costs as much as a row.
struct AttemptInsertion {
  private let db: Database

  /// Beyond this many rows the cost of a statement is too small a part to matter.
  private static let rowsAtOnce = 32
  private static let parametersOfRow: Int32 = 8

  init(_ db: Database) {
    self.db = db
  }

  func insert(_ attempts: [StoredAttempt]) throws {
    var numbers = try lastNumbers(of: attempts)
    var rest = attempts[...]
    while !rest.isEmpty {
      let isMany = rest.count >= AttemptInsertion.rowsAtOnce
      let statement = try Prepared(
        db, isMany ? AttemptInsertion.manySQL : AttemptInsertion.singleSQL)
      let taken = rest.prefix(isMany ? AttemptInsertion.rowsAtOnce : 1)
      for (row, attempt) in taken.enumerated() {
        let number = numbers[attempt.reminder, default: 0] + 1
        numbers[attempt.reminder] = number
        let first = Int32(row) * AttemptInsertion.parametersOfRow
        try bind(attempt, number: number, to: statement, from: first)
      }
      try statement.run()
      rest = rest.dropFirst(taken.count)
    }
  }

  /// The number of the last attempt of each reminder that has one.
  private func lastNumbers(of attempts: [StoredAttempt]) throws -> [Int64: Int64] {
    if attempts.isEmpty { return [:] }
    let statement = try Prepared(
      db,
      """
      SELECT reminder, max(number) FROM attempt
      WHERE reminder IN (SELECT value FROM json_each(?))
      GROUP BY reminder
      """)
    statement.bind(JSONNumbers.array(attempts.map(\.reminder)), at: 1)
    var numbers: [Int64: Int64] = [:]
    while try statement.step() { numbers[statement.integer(0)] = statement.integer(1) }
    return numbers
  }

  private func bind(
    _ attempt: StoredAttempt, number: Int64, to statement: Prepared, from index: Int32
  ) throws {
    statement.bind(attempt.reminder, at: index + 1)
    statement.bind(number, at: index + 2)
    statement.bind(attempt.channel, at: index + 3)
    statement.bind(attempt.record.began, at: index + 4)
    statement.bind(attempt.record.ended, at: index + 5)
    statement.bind(attempt.record.outcome.rawValue, at: index + 6)
    statement.bind(attempt.record.text, at: index + 7)
    statement.bind(attempt.record.recipient, at: index + 8)
  }

  private static let singleSQL = sql(rows: 1)
  private static let manySQL = sql(rows: rowsAtOnce)

  private static func sql(rows: Int) -> String {
    let values = Array(repeating: "(?, ?, ?, ?, ?, ?, ?, ?)", count: rows)
    return """
      INSERT INTO attempt (reminder, number, channel, began_at, ended_at, outcome, text, recipient)
      VALUES \(values.joined(separator: ",\n"))
      """
  }
}
