/// The changes of a row that a rule waits for.
package enum RowChange: Hashable, Sendable {
  case insert
  /// An update; of the named columns, or of any where none is named.
  case update(of: [String])
  /// An insert, or an update as above.
  case insertOrUpdate(of: [String])
  case delete

  /// Whether changes of this kind are among those that it waits for.
  package func includes(_ operation: ChangeOperation) -> Bool {
    switch self {
    case .insert: operation == .insert
    case .update: operation == .update
    case .insertOrUpdate: operation == .insert || operation == .update
    case .delete: operation == .delete
    }
  }

  /// Whether a change is one that it waits for; `changed` are the columns that differ.
  package func names(_ operation: ChangeOperation, changed: [String]) -> Bool {
    guard includes(operation) else { return false }
    guard operation == .update, let columns = updated, !columns.isEmpty else { return true }
    return !Set(columns.map(\.folded)).isDisjoint(with: changed.map(\.folded))
  }

  /// The columns whose update it waits for, none for that of any; nil where it waits for no update.
  package var updated: [String]? {
    switch self {
    case .insert, .delete: nil
    case .update(let columns), .insertOrUpdate(let columns): columns
    }
  }

  /// As `when:` writes it: `insert or update of a, b`.
  var text: String {
    switch self {
    case .insert: "insert"
    case .update(let columns): RowChange.update(columns)
    case .insertOrUpdate(let columns): "insert or \(RowChange.update(columns))"
    case .delete: "delete"
    }
  }

  private static func update(_ columns: [String]) -> String {
    columns.isEmpty
      ? "update" : "update of " + columns.map(WhenWords.spelling).joined(separator: ", ")
  }

  /// As a sentence tells it: `a row is inserted in customers`.
  func words(in watch: String) -> String {
    switch self {
    case .insert: "a row is inserted in \(watch)"
    case .update(let columns): "\(RowChange.list(columns)) is updated in \(watch)"
    case .insertOrUpdate([]): "a row is inserted or updated in \(watch)"
    case .insertOrUpdate(let columns):
      "a row is inserted in \(watch), or \(RowChange.list(columns)) is updated"
    case .delete: "a row is deleted in \(watch)"
    }
  }

  private static func list(_ columns: [String]) -> String {
    columns.isEmpty ? "a row" : columns.map(WhenWords.spelling).listed("or")
  }
}
