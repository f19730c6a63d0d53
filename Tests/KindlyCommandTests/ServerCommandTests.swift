import Foundation
import KindlyTestKit
import Testing

/// The real binary on a real server, over TCP with a password.
@Suite("kindly on a server")
struct ServerCommandTests {
  private func schema(_ kind: ServerKind) -> String {
    """
    \(kind.zeroDates)
    CREATE TABLE customers (
      id int PRIMARY KEY, name varchar(80), email varchar(80), lang varchar(9), status varchar(9), trial_ends_on date,
      initial_password varchar(80), deleted int NOT NULL DEFAULT 0);
    INSERT INTO customers VALUES (1, '李伟', 'li.wei@example.com', 'zh-Hans', 'trial', '2099-02-10', 'geheim-1', 0),
      (2, 'Ada', 'ada@example.com', 'en', 'trial', '\(kind.noDate.value)', 'geheim-2', 0)
    """
  }

  private func company(_ database: any ServerDatabase, password: String = "open sesame") throws
    -> Company
  {
    let company = try Company()
    try company.folder.write(password + "\n", to: "password")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main.replacing(
        "\"sqlite://\(company.database.path)\"",
        with: "\"\(database.url())\", password: { file: \(company.folder.path)/password }"),
      to: "kindly.yaml")
    return company
  }

  @Test(
    "checks its rules in numbers, and prints the change log's SQL with its GRANTs",
    arguments: ServerKind.allCases)
  func checks(kind: ServerKind) async throws {
    let database = try await kind.database(schema(kind))
    let company = try company(database)
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.output.contains("send welcome by email (service): 2 rows match today"))
    #expect(checked.output.contains("1 × " + kind.noDate.words), "\(checked.output)")
    let ddl = try await company.run("source", "ddl", "customers")
    #expect(ddl.code == 0)
    #expect(ddl.output.contains(kind.grant), "\(ddl.output)")
    #expect(!ddl.output.contains("initial_password"))
    try database.run(ddl.output)
  }

  #if PostgreSQL
    @Test("asks the same server in the same way, whatever the environment says to libpq")
    func environment() async throws {
      let database = try await ServerKind.postgres.database(schema(.postgres))
      let company = try company(database)
      let strange = [
        "PGHOSTADDR": "192.0.2.1", "PGOPTIONS": "-c search_path=nowhere", "PGUSER": "nobody",
        "PGTARGETSESSIONATTRS": "standby", "PGSSLMODE": "verify-full",
        "PGCHANNELBINDING": "require", "PGREQUIREPEER": "nobody", "PGDATABASE": "nowhere",
        "PGPASSFILE": "/nonexistent", "PGCLIENTENCODING": "LATIN1",
        "PGSSLMINPROTOCOLVERSION": "rubbish", "PGAPPNAME": "other", "PGTZ": "Asia/Tokyo",
        "PGDATESTYLE": "German",
      ]
      let plain = try await company.run("check")
      let checked = try await KindlyBinary.run(
        ["check", "--config", company.etc],
        environment: KindlyBinary.environment.merging(strange) { $1 })
      #expect(checked.code == 0, "\(checked.errors)")
      #expect(checked.output == plain.output)
    }
  #endif

  @Test(
    "says that the password is wrong, and never which one it was", arguments: ServerKind.allCases)
  func wrongPassword(kind: ServerKind) async throws {
    let database = try await kind.database(schema(kind))
    let checked = try await company(database, password: "hush").run("check")
    #expect(checked.code != 0)
    #expect(checked.errors.contains(kind.refusal))
    #expect(!checked.errors.contains("hush") && !checked.output.contains("hush"))
  }

  @Test("sends a new customer one mail", arguments: ServerKind.allCases)
  func runs(kind: ServerKind) async throws {
    let database = try await kind.database(schema(kind))
    let company = try company(database)
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try database.run(
      "INSERT INTO customers VALUES (3, 'Zoë', 'zoe@example.com', 'en', 'trial', '2099-03-01', 'geheim-3', 0)"
    )
    try await Eventually.holds("the welcome") { !company.letters.isEmpty }
    #expect(company.letters.count == 1)
    #expect(company.letters.first?.contains("zoe@example.com") == true)
    #expect(await daemon.stop() == 0)
  }
}

extension ServerKind {
  /// What stands in a date column of this server for no date, and what `check` calls it.
  fileprivate var noDate: (value: String, words: String) {
    switch self {
    #if PostgreSQL
      case .postgres: ("infinity", "not a date")
    #endif
    #if MariaDB
      case .mariadb: ("0000-00-00", "0 or 0000-00-00")
    #endif
    }
  }

  /// Lets the application write such a date.
  fileprivate var zeroDates: String {
    switch self {
    #if PostgreSQL
      case .postgres: ""
    #endif
    #if MariaDB
      case .mariadb: "SET sql_mode = '';"
    #endif
    }
  }

  fileprivate var grant: String {
    switch self {
    #if PostgreSQL
      case .postgres:
        "GRANT SELECT ON TABLE \"public\".\"kindly_changes_customers\" TO \"kindly\""
    #endif
    #if MariaDB
      case .mariadb: "GRANT SELECT ON `kindly_changes_customers` TO 'kindly'@'127.0.0.1'"
    #endif
    }
  }

  /// What the server says to a wrong password.
  fileprivate var refusal: String {
    switch self {
    #if PostgreSQL
      case .postgres: "password authentication failed"
    #endif
    #if MariaDB
      case .mariadb: "Access denied for user"
    #endif
    }
  }
}
