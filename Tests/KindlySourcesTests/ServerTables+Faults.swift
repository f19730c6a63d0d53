import KindlyCore
import KindlyTestKit

extension ServerTables {
  /// A watch with something wrong, and what is told of it.
  struct BrokenWatch: Sendable, CustomStringConvertible {
    enum Subject: Sendable {
      case table(String)
      /// A table of another database.
      case elsewhere(String)
      case query(String)
    }

    let kind: ServerKind
    let subject: Subject
    let message: String
    var columns: [String] = []
    var hint: String?

    var description: String { "\(kind): \(message)" }

    func watch(beside other: any ServerDatabase) -> Watch {
      switch subject {
      case .table(let name): watching(name)
      case .elsewhere(let name): watching("\(other.name).\(name)")
      case .query(let sql): watching(query: sql)
      }
    }
  }

  static let brokenWatches: [BrokenWatch] = {
    var watches: [BrokenWatch] = []
    for kind in ServerKind.allCases {
      watches += [
        BrokenWatch(kind: kind, subject: .table("gone"), message: kind.words.missing),
        BrokenWatch(
          kind: kind, subject: .query("SELECT id FROM t;"), message: "ends with a semicolon"),
        BrokenWatch(
          kind: kind, subject: .query("SELECT id FROM t) UNION SELECT id FROM (t"),
          message: kind.words.syntax),
        BrokenWatch(
          kind: kind, subject: .query("SELECT status FROM t"),
          message: "key column id is not there"),
      ]
    }
    #if PostgreSQL
      watches += [
        BrokenWatch(
          kind: .postgres, subject: .table("secret"), message: "permission denied for table secret",
          hint: "GRANT SELECT"),
        BrokenWatch(
          kind: .postgres, subject: .table("failing"), message: "division by zero", columns: ["n"]),
        BrokenWatch(kind: .postgres, subject: .query("DELETE FROM t"), message: "not a SELECT"),
        BrokenWatch(
          kind: .postgres, subject: .query("DELETE FROM t RETURNING id"), message: "syntax error"),
        BrokenWatch(
          kind: .postgres, subject: .query("SELECT id FROM t; DELETE FROM t"),
          message: "multiple commands"),
        BrokenWatch(
          kind: .postgres, subject: .query("SELECT id FROM t WHERE id = $1"),
          message: "a placeholder"),
        BrokenWatch(
          kind: .postgres, subject: .query("SELECT id FROM t, pg_sleep(60)"),
          message: "was stopped after"),
      ]
    #endif
    #if MariaDB
      watches += [
        BrokenWatch(
          kind: .mariadb, subject: .elsewhere("secret"), message: "command denied to user",
          hint: "GRANT SELECT"),
        BrokenWatch(
          kind: .mariadb, subject: .table("failing"),
          message: "a function of the database raised an error (1644)", columns: ["n"]),
        BrokenWatch(
          kind: .mariadb, subject: .table("broken"), message: "references invalid table"),
        BrokenWatch(kind: .mariadb, subject: .query("DO 1"), message: "not a SELECT"),
        BrokenWatch(
          kind: .mariadb, subject: .query("DELETE FROM t RETURNING id"), message: "command denied"),
        BrokenWatch(
          kind: .mariadb, subject: .query("SELECT id FROM t; DELETE FROM t"),
          message: "error in your SQL syntax"),
        BrokenWatch(
          kind: .mariadb, subject: .query("SELECT id FROM t WHERE id = ?"),
          message: "a placeholder"),
        BrokenWatch(
          kind: .mariadb, subject: .query("SELECT id, BENCHMARK(1e15, SHA1(id)) AS n FROM t"),
          message: "was stopped after", columns: ["n"]),
      ]
    #endif
    return watches
  }()

  /// Conditions with something wrong, and what is told of them.
  static let brokenConditions: [(ServerKind, String, String)] = {
    var conditions: [(ServerKind, String, String)] = []
    for kind in ServerKind.allCases {
      conditions += [
        (kind, "no_such = 1", "no_such"), (kind, "status = \"trial\"", "trial"),
        (kind, "status = :other", "a placeholder other than :now and :today"),
        (kind, "status = 'trial'; DELETE FROM t", kind.words.syntax),
      ]
    }
    #if PostgreSQL
      conditions += [
        (.postgres, "pg_sleep(60) IS NULL", "was stopped after"),
        (.postgres, "id / 0 = 1", "division by zero"), (.postgres, "status", "boolean"),
        (
          .postgres, "CAST(status AS date) > :today",
          "cannot be converted to the type that the query needs (22007)"
        ),
        (.postgres, "nextval('s') > 0", "permission denied"),
        (.postgres, "status::regclass IS NOT NULL", "condition on watch t"),
        (.postgres, "to_tsvector(status::regconfig, '') IS NOT NULL", "condition on watch t"),
        (.postgres, "nextval('open') > 0", "read-only transaction"),
        (
          .postgres, "raising(status)", "a function of the database raised an error (P0001)"
        ),
      ]
    #endif
    #if MariaDB
      conditions += [
        (.mariadb, "BENCHMARK(1e15, SHA1(id)) = 0", "was stopped after"),
        (.mariadb, "NEXTVAL(s) > 0", "READ ONLY transaction"),
        (.mariadb, "raising(status)", "raised an error (1644)"),
        (.mariadb, "EXP(id * 1000) > 0", "out of range"),
        (.mariadb, "writing()", "READ ONLY transaction"),
      ]
    #endif
    return conditions
  }()
}

extension ServerKind {
  /// How the server says that a table is not there, and that it does not understand.
  var words: (missing: String, syntax: String) {
    switch self {
    #if PostgreSQL
      case .postgres: ("relation \"gone\" does not exist", "syntax error")
    #endif
    #if MariaDB
      case .mariadb: ("doesn't exist", "error in your SQL syntax")
    #endif
    }
  }

  /// What is told of a mistake in how a server is reached: in the message, and in the hint.
  func words(about mistake: ServerConnectionTests.Mistake) -> (message: String, hint: String) {
    switch (self, mistake) {
    case (_, .untrustedCertificate): ("certificate", "sslrootcert")
    #if PostgreSQL
      case (.postgres, .wrongPassword): ("password authentication failed", "pg_hba.conf")
      case (.postgres, .noPassword): ("no password supplied", "`password: {")
      case (.postgres, .unknownUser): ("authentication failed", "user, password")
      case (.postgres, .unknownDatabase): ("\"gone\" does not exist", "database are right")
      case (.postgres, .unknownHost): ("no-such-host.invalid", "host, port")
      case (.postgres, .closedPort): ("Connection refused", "firewall")
    #endif
    #if MariaDB
      case (.mariadb, .wrongPassword): ("Access denied for user", "password are right")
      case (.mariadb, .noPassword): ("Access denied for user", "`password: {")
      case (.mariadb, .unknownUser): ("Access denied for user", "user and password")
      case (.mariadb, .unknownDatabase): ("'gone'", "the database in `url:`")
      case (.mariadb, .unknownHost): ("no-such-host.invalid", "host and port")
      case (.mariadb, .closedPort): ("127.0.0.1", "firewall")
    #endif
    }
  }

  /// How it is told that a server has no connection left; some may be left for administrators.
  var fullInWords: [String] {
    switch self {
    #if PostgreSQL
      case .postgres: ["too many clients", "connection slots are reserved"]
    #endif
    #if MariaDB
      case .mariadb: ["too many connections"]
    #endif
    }
  }

  /// That our connection is encrypted, as a condition.
  var hasTLS: String {
    switch self {
    #if PostgreSQL
      case .postgres: "EXISTS (SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)"
    #endif
    #if MariaDB
      case .mariadb:
        "EXISTS (SELECT 1 FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> '')"
    #endif
    }
  }

  /// A query that sleeps for an hour when its column `waited` is read.
  var endlessQuery: String {
    switch self {
    #if PostgreSQL
      case .postgres: "SELECT id, pg_sleep(id * 3600) IS NULL AS waited FROM t"
    #endif
    #if MariaDB
      case .mariadb: "SELECT id, SLEEP(IF(COUNT(*) > 0, 3600, 0)) AS waited FROM t GROUP BY id"
    #endif
    }
  }

  func lock(_ table: String) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "BEGIN; LOCK TABLE \(table)"
    #endif
    #if MariaDB
      case .mariadb: "LOCK TABLES \(table) WRITE"
    #endif
    }
  }

  var unlock: String {
    switch self {
    #if PostgreSQL
      case .postgres: "COMMIT"
    #endif
    #if MariaDB
      case .mariadb: "UNLOCK TABLES"
    #endif
    }
  }

  /// Bytes that are no text, and their type.
  var bytes: (type: String, literal: String) {
    switch self {
    #if PostgreSQL
      case .postgres: ("bytea", "'\\x0102'")
    #endif
    #if MariaDB
      case .mariadb: ("varbinary(9)", "x'0102'")
    #endif
    }
  }

  /// Tables and views with something wrong.
  func brokenTables(beside other: any ServerDatabase) -> String {
    switch self {
    #if PostgreSQL
      case .postgres:
        """
        CREATE TABLE secret (id int PRIMARY KEY);
        REVOKE ALL ON secret FROM kindly;
        CREATE VIEW failing AS SELECT id, 1 / (id - 1) AS n FROM t
        """
    #endif
    #if MariaDB
      case .mariadb:
        """
        REVOKE SELECT ON \(other.name).* FROM kindly@localhost;
        CREATE FUNCTION failing(id int) RETURNS int
          BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Mrs Private'; RETURN 1; END;
        CREATE VIEW failing AS SELECT id, failing(id) AS n FROM t;
        CREATE TABLE shut (id int PRIMARY KEY);
        CREATE VIEW broken AS SELECT id FROM shut; DROP TABLE shut
        """
    #endif
    }
  }

  /// Functions and sequences that a condition may not use.
  var brokenFunctions: String {
    switch self {
    #if PostgreSQL
      case .postgres:
        """
        CREATE SEQUENCE s;
        CREATE SEQUENCE open;
        GRANT USAGE ON SEQUENCE open TO kindly;
        CREATE FUNCTION raising(who text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''no %'', who; END'
        """
    #endif
    #if MariaDB
      case .mariadb:
        """
        CREATE SEQUENCE s;
        CREATE FUNCTION raising(who text) RETURNS int
          BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = who; RETURN 1; END;
        CREATE FUNCTION writing() RETURNS int BEGIN DELETE FROM t WHERE id = 7; RETURN 1; END
        """
    #endif
    }
  }
}
