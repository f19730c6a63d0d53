import KindlyTestKit

/// What each server has of its own for the tests that all of them share.
enum ServerTables {
  /// A type of key column, and keys that it can hold.
  struct KeyType: Sendable, CustomStringConvertible {
    let kind: ServerKind
    let type: String
    let keys: [String]
    var preparation = ""

    var description: String { "\(kind): \(type)" }
  }

  static let keys: [KeyType] = {
    var keys: [KeyType] = []
    let token = ["0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d", "ffffffff-0000-4000-8000-000000000000"]
    let numbers = ["42", "7", "-3"]
    #if PostgreSQL
      keys += [
        ("integer", numbers), ("smallint", numbers), ("numeric(8,2)", numbers), ("float8", numbers),
        ("text", ["b", "B", "a", "é", "张", "ab", ""]), ("varchar(9)", ["b", "B", "ab"]),
        ("char(6)", ["b", "B", "ab"]), ("\"char\"", ["b", "B"]), ("uuid", token),
        ("date", ["2026-02-10", "1999-12-31"]),
        ("timestamp", ["2026-02-10 09:30:00", "2026-02-10 09:30:00.5"]),
      ].map { KeyType(kind: .postgres, type: $0, keys: $1) }
      keys.append(
        KeyType(
          kind: .postgres, type: "mood", keys: ["sad", "happy", "angry"],
          preparation: "CREATE TYPE mood AS ENUM ('sad', 'happy', 'angry');"))
    #endif
    #if MariaDB
      keys += [
        ("int", numbers), ("bigint unsigned", ["42", "7", "18446744073709551615"]),
        ("decimal(8,2)", numbers), ("double", numbers),
        ("varchar(9)", ["b", "B2", "a", "é", "张", "ab", ""]),
        ("varchar(9) collate utf8mb4_bin", ["b", "B", "a", "é", "张", "ab"]),
        ("varchar(9) character set latin1", ["b", "a", "ü"]), ("char(6)", ["b", "B2", "ab"]),
        ("varchar(9) character set ascii collate ascii_bin", ["b", "B", "a"]), ("uuid", token),
        ("date", ["2026-02-10", "1999-12-31"]),
        ("datetime(1)", ["2026-02-10 09:30:00.0", "2026-02-10 09:30:00.5"]),
        ("enum('sad', 'happy', 'angry')", ["sad", "happy", "angry"]),
      ].map { KeyType(kind: .mariadb, type: $0, keys: $1) }
    #endif
    return keys
  }()

  /// A type of date column, and a table with a date of every day from 2020 on.
  struct DateType: Sendable, CustomStringConvertible {
    let kind: ServerKind
    let type: String
    let table: String
    let rows: String
    /// The column as an index has it.
    var indexed = "due"

    var description: String { "\(kind): \(type)" }
  }

  static let dates: [DateType] = {
    var dates: [DateType] = []
    #if PostgreSQL
      dates += ["date", "timestamp", "timestamptz", "text", "bigint", "numeric"].map(postgresDates)
    #endif
    #if MariaDB
      dates += ["date", "datetime", "timestamp", "varchar(30)", "bigint", "decimal(20)"]
        .map(mariadbDates)
    #endif
    return dates
  }()

  #if PostgreSQL
    private static func postgresDates(of type: String) -> DateType {
      let isNumber = type == "bigint" || type == "numeric"
      let value = isNumber ? "CAST(extract(epoch FROM d) AS bigint)" : "CAST(d AS \(type))"
      let odd = type == "date" ? ", (-1, 'infinity'), (-2, '0044-03-15 BC')" : ""
      return DateType(
        kind: .postgres, type: type,
        table: "CREATE TABLE t (id int PRIMARY KEY, due \(type), tz text)",
        rows: """
          INSERT INTO t SELECT i, \(value), 'Asia/Shanghai' FROM generate_series(1, 2500) AS i,
            LATERAL (SELECT timestamp '2020-01-01 10:00' + i * interval '1 day' AS d) AS x;
          INSERT INTO t VALUES (0, NULL)\(odd)
          """, indexed: type == "text" ? "due COLLATE \"C\"" : "due")
    }
  #endif

  #if MariaDB
    private static func mariadbDates(of type: String) -> DateType {
      let isNumber = type == "bigint" || type == "decimal(20)"
      let day = "TIMESTAMP '2020-01-01 10:00:00' + INTERVAL seq DAY"
      let collation = type.hasPrefix("varchar") ? " COLLATE utf8mb4_bin" : ""
      return DateType(
        kind: .mariadb, type: type,
        table: """
          SET sql_mode = '', time_zone = '+00:00';
          CREATE TABLE t (id int PRIMARY KEY, due \(type)\(collation) NULL, tz text)
          """,
        rows: """
          INSERT INTO t SELECT seq, \(isNumber ? "UNIX_TIMESTAMP(\(day))" : day), 'Asia/Shanghai' FROM seq_1_to_2500;
          INSERT INTO t VALUES (0, NULL, NULL), (-1, '0000-00-00', NULL)
          """)
    }
  #endif

  /// Conditions of the server's dialect on the row `(1, 'trial', 2026-02-10, 2026-02-10 11:59, '2026-02-10', 19.90, true)`.
  static let conditions: [(ServerKind, String, Bool)] = {
    var conditions: [(ServerKind, String, Bool)] = []
    for kind in ServerKind.allCases {
      conditions += [
        (kind, "status = 'trial' AND until = :today", true),
        (kind, "this.at < :now AND note = :today", true), (kind, "price * 2 = 39.80", true),
      ]
    }
    #if PostgreSQL
      conditions += [
        (.postgres, "until + 1 > CAST(:today AS date)", true),
        (.postgres, "status ILIKE 'TR%' -- the rest", true),
        (.postgres, "until::text LIKE '2026-%' AND ':now' <> ''", true),
        (.postgres, "note = E'it\\'s :today'", false), (.postgres, "/* :now */ flag", true),
        (.postgres, "tags @> '{a}'", true),
      ]
    #endif
    #if MariaDB
      conditions += [
        (.mariadb, "until + INTERVAL 1 DAY > :today", true),
        (.mariadb, "status LIKE 'TR%' -- the rest", true),
        (.mariadb, "note LIKE '2026-%' AND ':now' <> ''", true),
        (.mariadb, "note = 'it''s \\' # :today", false), (.mariadb, "/* :now */ flag + 1", true),
        (.mariadb, "`status` = \"status\" AND \"flag\" -- :other", true),
        (.mariadb, "1 - -1 = 2", true),
      ]
    #endif
    return conditions
  }()
}

extension ServerKind {
  /// Columns that no other server has.
  var ownColumns: String {
    switch self {
    #if PostgreSQL
      case .postgres: ", tags text[] DEFAULT '{a}'"
    #endif
    #if MariaDB
      case .mariadb: ""
    #endif
    }
  }

  /// The types that take most: a number keeps the zeros behind its point where the server can.
  var loose: (text: String, number: String) {
    switch self {
    #if PostgreSQL
      case .postgres: ("text", "numeric")
    #endif
    #if MariaDB
      case .mariadb: ("varchar(9)", "decimal(9, 1)")
    #endif
    }
  }

  /// A date and time without a zone.
  var wallTime: String {
    switch self {
    #if PostgreSQL
      case .postgres: "timestamp"
    #endif
    #if MariaDB
      case .mariadb: "datetime"
    #endif
    }
  }

  /// How many days lie between two dates.
  func days(from first: String, to last: String) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "\(last) - \(first)"
    #endif
    #if MariaDB
      case .mariadb: "DATEDIFF(\(last), \(first))"
    #endif
    }
  }

  /// A setting with which whoever meets a lock gives up at once.
  var impatience: String {
    switch self {
    #if PostgreSQL
      case .postgres: "SET lock_timeout = '60s'"
    #endif
    #if MariaDB
      case .mariadb: "SET lock_wait_timeout = 60"
    #endif
    }
  }

  /// Kindly's own user, as a GRANT names it and as a warning does.
  var reader: String {
    switch self {
    #if PostgreSQL
      case .postgres: "kindly"
    #endif
    #if MariaDB
      case .mariadb: "kindly@localhost"
    #endif
    }
  }

  var readerInWords: String {
    switch self {
    #if PostgreSQL
      case .postgres: "role kindly"
    #endif
    #if MariaDB
      case .mariadb: "user `kindly`"
    #endif
    }
  }
}
