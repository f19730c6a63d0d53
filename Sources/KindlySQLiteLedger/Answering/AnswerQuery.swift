import GRDB
import KindlyCore

/// Reads the bounces and replies of a reminder.
enum AnswerQuery {
  static func answers(of reminder: Int64, _ db: Database) throws -> [AnswerEntry] {
    let bounces = try Row.fetchAll(
      db, sql: "SELECT at, kind, status, text FROM bounce WHERE reminder = ? ORDER BY id",
      arguments: [reminder]
    ).map { row in
      AnswerEntry(
        at: Instant(milliseconds: row["at"]),
        content: .bounce(
          try Stored.bounce(row["kind"]), status: row["status"], text: row["text"]))
    }
    let replies = try Row.fetchAll(
      db, sql: "SELECT at, kind, text, by_colleague FROM reply WHERE reminder = ? ORDER BY id",
      arguments: [reminder]
    ).map { row in
      AnswerEntry(
        at: Instant(milliseconds: row["at"]),
        content: row["by_colleague"]
          ? .acknowledgement(text: row["text"])
          : .reply(try Stored.answer(row["kind"]), text: row["text"]))
    }
    return (bounces + replies).sorted { $0.at < $1.at }
  }
}
