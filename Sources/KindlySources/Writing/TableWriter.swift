package import KindlyCore

/// A table of an application's own database that messages are inserted into.
///
/// This is the only way in which Kindly writes to a database that is not its own. It has a connection and rights of its
/// own, and no source uses it.
package struct TableTarget: Hashable, Sendable {
  package enum Place: Hashable, Sendable {
    case sqlite(path: String)
    case postgres(ServerAddress)
    case mariadb(ServerAddress)
  }

  package let place: Place
  /// The table's name; on a server perhaps with its schema or database.
  package let table: String
  /// The unique column that holds each reminder's id.
  package let id: String
  /// The other columns that are written, in the order of the values.
  package let columns: [String]

  package init(place: Place, table: String, id: String, columns: [String]) {
    self.place = place
    self.table = table
    self.id = id
    self.columns = columns
  }

  /// The columns of each row: the id, and the others behind it.
  var allColumns: [String] { [id] + columns }

  /// A database as messages name it.
  package var placeText: String {
    switch place {
    case .sqlite(let path): path
    case .postgres(let address), .mariadb(let address): address.text
    }
  }
}

/// What became of a row that was to be inserted.
package enum TableInsertion: Hashable, Sendable {
  case inserted
  /// A row with this id is there already; nothing was inserted.
  case known
}

/// Why a row was not inserted.
package struct TableFault: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// The database cannot be reached or is locked; nothing was inserted.
    case unreachable
    /// The connection was lost while the row was on its way, so it may be there.
    case lost
    /// The table, a column or the right to insert is missing: no row can be inserted.
    case table
    /// The database refuses this row, such as a value that a column does not take.
    case row
  }

  package let kind: Kind
  package let text: String

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What a look at the table shows before anything is inserted.
package struct TableReview: Hashable, Sendable {
  /// What keeps rows from being inserted once each, with what to do about it.
  package var faults: [String] = []
  /// Rights that Kindly does not need.
  package var excesses: [String] = []

  package init() {}
}

/// A connection that inserts rows; it is used by one thread only and may block.
package protocol TableWriter: AnyObject {
  /// Whether it can be used again after an error.
  var isAlive: Bool { get }

  /// Inserts a row; the values are those of the id and of the target's columns in their order.
  func insert(_ values: [String?]) throws(TableFault) -> TableInsertion

  /// Looks whether rows can be inserted, and once each.
  func review() throws(TableFault) -> TableReview
}

extension TableTarget {
  /// Connects; throws where no connection comes about, or this build lacks the engine.
  package func connect(password: Secret?) throws(TableFault) -> any TableWriter {
    switch place {
    case .sqlite(let path): return try SQLiteTableWriter(self, path: path)
    case .postgres(let address):
      #if PostgreSQL
        return try PostgresTableWriter(self, address, password)
      #else
        throw TableFault(.table, "this build of kindly does not support PostgreSQL")
      #endif
    case .mariadb(let address):
      #if MariaDB
        return try MariaDBTableWriter(self, address, password)
      #else
        throw TableFault(.table, "this build of kindly does not support MariaDB or MySQL")
      #endif
    }
  }

  /// How long a statement may take: an insert takes milliseconds, and the rest is for a lock.
  static let deadline = Duration.seconds(10)

  /// The fault of a table whose id could be inserted twice.
  func notUnique(_ quoted: (String) -> String) -> String {
    "column \(id) of table \(table) is not unique, so a repeat would insert a second row; create it: "
      + "CREATE UNIQUE INDEX \(quoted(bareTable + "_" + id)) ON \(table) (\(quoted(id)))"
  }

  private var bareTable: String { String(table.split(separator: ".").last ?? "") }
}
