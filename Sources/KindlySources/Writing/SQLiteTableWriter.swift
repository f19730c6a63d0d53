import Foundation
import GRDB
import KindlyCore

/// Inserts into a SQLite file of an application.
final class SQLiteTableWriter: TableWriter {
  private let target: TableTarget
  private let queue: DatabaseQueue

  let isAlive = true

  init(_ target: TableTarget, path: String) throws(TableFault) {
    self.target = target
    // SQLite would create a file that is not there.
    guard FileManager.default.fileExists(atPath: path) else {
      throw TableFault(.table, "\(path) does not exist")
    }
    var configuration = Configuration()
    configuration.label = "kindly table"
    configuration.busyMode = .timeout(TableTarget.deadline.inSeconds)
    configuration.acceptsDoubleQuotedStringLiterals = false
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw SQLiteTableWriter.fault(error, path)
    }
  }

  func insert(_ values: [String?]) throws(TableFault) -> TableInsertion {
    let columns = target.allColumns.map(quoted).joined(separator: ", ")
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    let sql = """
      INSERT INTO \(quoted(target.table)) (\(columns)) VALUES (\(marks))
      ON CONFLICT (\(quoted(target.id))) DO NOTHING
      """
    do {
      return try queue.writeWithoutTransaction { db in
        try db.execute(sql: sql, arguments: StatementArguments(values))
        return db.changesCount == 1 ? .inserted : .known
      }
    } catch {
      throw SQLiteTableWriter.fault(error, target.placeText)
    }
  }

  func review() throws(TableFault) -> TableReview {
    var review = TableReview()
    do {
      try queue.read { db in
        guard try db.tableExists(target.table) else {
          review.faults.append("\(target.placeText) has no table \(target.table)")
          return
        }
        let known = try db.columns(in: target.table).map { $0.name.lowercased() }
        let missing = target.allColumns.filter { !known.contains($0.lowercased()) }
        if !missing.isEmpty {
          review.faults.append(
            "table \(target.table) has no column \(missing.joined(separator: ", "))")
        } else if try !isUnique(db) {
          review.faults.append(target.notUnique(quoted))
        }
      }
    } catch {
      throw SQLiteTableWriter.fault(error, target.placeText)
    }
    return review
  }

  private func isUnique(_ db: Database) throws -> Bool {
    let key = try db.primaryKey(target.table).columns
    let unique = try db.indexes(on: target.table).filter {
      $0.isUnique && $0.origin != .createIndex
    }
    // A partial index is no promise about every row.
    let created = try Row.fetchAll(
      db,
      sql: """
        SELECT list.name FROM pragma_index_list(?) AS list
        WHERE list."unique" AND NOT list.partial
        """, arguments: [target.table]
    ).map { $0["name"] as String }
    let sets =
      [key] + unique.map(\.columns)
      + (try db.indexes(on: target.table).filter { created.contains($0.name) }.map(\.columns))
    return sets.contains { $0.count == 1 && $0[0].lowercased() == target.id.lowercased() }
  }

  private func quoted(_ name: String) -> String {
    "\"" + name.replacingOccurrences(of: "\"", with: "\"\"", options: .literal) + "\""
  }

  private static func fault(_ error: any Error, _ place: String) -> TableFault {
    guard let error = error as? DatabaseError else { return TableFault(.unreachable, "\(error)") }
    let text = "\(place): \(error.message ?? "error \(error.resultCode.rawValue)")"
    switch error.resultCode.primaryResultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM,
      .SQLITE_INTERRUPT, .SQLITE_PROTOCOL:
      return TableFault(.unreachable, text)
    case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG: return TableFault(.row, text)
    default: return TableFault(.table, text)
    }
  }
}
