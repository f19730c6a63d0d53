import KindlyTestKit

extension ServerTables {
  /// What is written to a table with the row `(9, 'trial', '0')`, and what its log tells of the column `status`.
  static let writes: [(ServerKind, String, [String])] = {
    var writes: [(ServerKind, String, [String])] = []
    for kind in ServerKind.allCases {
      writes += [
        (kind, "INSERT INTO t VALUES (1, 'trial', NULL)", [#"insert 1 - {"status":"trial"}"#]),
        (
          kind, "UPDATE t SET status = 'TRIAL' WHERE id = 9; DELETE FROM t",
          [#"update 9 {"status":"trial"} {"status":"TRIAL"}"#, #"delete 9 {"status":"TRIAL"} -"#]
        ),
        (kind, "UPDATE t SET other = 'x'; UPDATE t SET status = status", []),
        (
          kind, "UPDATE t SET id = 10",
          [#"delete 9 {"status":"trial"} -"#, #"insert 10 - {"status":"trial"}"#]
        ),
        (kind, "BEGIN; DELETE FROM t; ROLLBACK", []),
      ]
    }
    let updated = [#"update 9 {"status":"trial"} {"status":"paid"}"#]
    #if PostgreSQL
      writes.append(
        (
          .postgres,
          "INSERT INTO t VALUES (9, 'paid', '1') ON CONFLICT (id) DO UPDATE SET status = excluded.status",
          updated
        ))
    #endif
    #if MariaDB
      writes += [
        (
          .mariadb,
          "INSERT INTO t VALUES (9, 'paid', '1') ON DUPLICATE KEY UPDATE status = VALUES(status)",
          updated
        ),
        (
          .mariadb, "REPLACE INTO t VALUES (9, 'paid', '1')",
          [#"delete 9 {"status":"trial"} -"#, #"insert 9 - {"status":"paid"}"#]
        ),
      ]
    #endif
    return writes
  }()

  /// A row of many types, written by an application with settings of its own.
  struct LoggedRow: Sendable, CustomStringConvertible {
    let kind: ServerKind
    let table: String
    let row: String
    /// What its column `at` is read as.
    let time: String

    var description: String { "\(kind)" }
  }

  static let logged: [LoggedRow] = {
    var rows: [LoggedRow] = []
    #if PostgreSQL
      rows.append(
        LoggedRow(
          kind: .postgres,
          table: """
            CREATE TABLE t (id int PRIMARY KEY, flag boolean, price numeric(9, 2), ratio float8, code char(4), due date,
              at timestamptz, "odd ""name" text)
            """,
          row: """
            SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'; SET extra_float_digits = -2;
            INSERT INTO t VALUES (1, true, 12.50, 0.1, 'ab', '2026-02-10', '2026-02-10 09:00:00+09', 'a "b" \\')
            """, time: "2026-02-10 00:00:00+00"))
    #endif
    #if MariaDB
      rows.append(
        LoggedRow(
          kind: .mariadb,
          table: """
            CREATE TABLE t (id int PRIMARY KEY, flag boolean, bits bit(10), price decimal(9, 2), ratio double,
              code char(4), due date, at timestamp(2) NULL, gone timestamp NULL, mood enum('happy'), `odd '"\\ name` text)
            """,
          row: """
            SET time_zone = '+09:00', sql_mode = 'PAD_CHAR_TO_FULL_LENGTH', character_set_results = latin1;
            INSERT INTO t VALUES (1, true, 513, 12.50, 0.1, 'ab', '0000-00-00', '2026-02-10 09:00:00.25', '0000-00-00',
              'happy', 'a "b" \\\\ 张')
            """, time: "2026-02-10 00:00:00.25+00"))
    #endif
    return rows
  }()
}

extension ServerKind {
  /// A table's name with what stands before it in a name that is whole.
  func qualified(_ table: String, in database: any ServerDatabase) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "public.\(table)"
    #endif
    #if MariaDB
      case .mariadb: "\(database.name).\(table)"
    #endif
    }
  }

  /// That a row of `information_schema.tables` is about this database.
  var isHere: String {
    switch self {
    #if PostgreSQL
      case .postgres: "table_catalog = current_database()"
    #endif
    #if MariaDB
      case .mariadb: "table_schema = DATABASE()"
    #endif
    }
  }
}
