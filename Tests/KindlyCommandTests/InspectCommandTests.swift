import Foundation
import KindlyTestKit
import Testing

/// What `kindly source inspect` prints, put into a configuration that the checker then judges.
struct PastedConfiguration {
  let folder: TemporaryFolder

  init(_ inspection: InspectCommandTests.Inspection, source: String? = nil) throws {
    folder = try TemporaryFolder("kc")
    let parts = [source ?? inspection.sources, inspection.watches, inspection.customers]
    let text = (["timezone: UTC"] + parts.compactMap(\.self)).joined(separator: "\n")
    try folder.write(text + "\n", to: "kindly.yaml")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/templates", withIntermediateDirectories: true)
  }

  func check() async throws -> KindlyBinary.Result {
    try await KindlyBinary.run(["check", "--config", folder.path])
  }
}

@Suite("kindly source inspect")
struct InspectCommandTests {
  /// What `--json` prints, as far as tests ask.
  struct Inspection: Decodable {
    struct Table: Decodable {
      struct Column: Decodable {
        let name: String
        let roles: [String: String]
        let dates: Int?
        let unusable: [String: Int]?
        let indexed: Bool
      }

      let name: String
      let rows: Int
      let rowsAre: String
      let key: [String]
      let columns: [Column]
    }

    struct Unread: Decodable {
      let name: String
      let problem: String
    }

    let source: String
    let tables: [Table]
    let unread: [Unread]
    let sources: String?
    let watches: String?
    let customers: String?
    let grants: String
  }

  static func inspect(_ arguments: String...) async throws -> KindlyBinary.Result {
    try await KindlyBinary.run(["source", "inspect"] + arguments)
  }

  private static let awkward = """
    CREATE TABLE "客户 资料" ("客户编号" INTEGER PRIMARY KEY AUTOINCREMENT, "姓名" TEXT, "电子 邮箱" TEXT, "is deleted" INTEGER,
      "更新时间" TEXT, "null" TEXT, "到期: 日" TEXT);
    INSERT INTO "客户 资料" VALUES (1, '张伟', 'zhang@example.com', 0, '2026-02-10 09:30:00', 'x', '2026-03-01');
    CREATE TABLE "order's # items" ("a,b" INTEGER, "客户编号" INTEGER, "c}" INTEGER, "due: on" DATE, PRIMARY KEY ("a,b", "c}"));
    INSERT INTO "order's # items" VALUES (1, 1, 2, '2026-03-01')
    """

  @Test("prints blocks that kindly check accepts, whatever tables and columns are called")
  func awkwardNames() async throws {
    let database = try TemporaryDatabase(InspectCommandTests.awkward, journal: .wal)
    let result = try await InspectCommandTests.inspect("sqlite://\(database.path)", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let inspection = try result.json(as: Inspection.self)
    let watches = try #require(inspection.watches)
    #expect(watches.contains("table: 客户 资料") && watches.contains("cursor 更新时间"))
    #expect(watches.contains(#"key: ["a,b", "c}"]"#))
    #expect(inspection.customers?.contains("email: 电子 邮箱") == true)
    let checked = try await PastedConfiguration(inspection).check()
    #expect(checked.code == 0 && checked.errors.isEmpty, "\(checked.errors)\n\(watches)")
  }

  @Test("states how the dates of every column are written, also where no rule would go by them")
  func notations() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, email TEXT, created INTEGER, born TEXT,
        valid_until INTEGER, amount INTEGER, paid DATE);
      INSERT INTO customers VALUES
        (1, 'Ada', 'ada@example.com', 1770000000, '28.12.1985', 20260210, 1770000000, '2026-02-10');
      """, journal: .wal)
    let result = try await InspectCommandTests.inspect("sqlite://\(database.path)", "--json")
    let inspection = try result.json(as: Inspection.self)
    let watches = try #require(inspection.watches)
    #expect(
      watches.contains("dates: { created: unix seconds, born: DMY, valid_until: YYYYMMDD } }"),
      "\(watches)")
    let checked = try await PastedConfiguration(inspection).check()
    #expect(checked.code == 0 && checked.errors.isEmpty, "\(checked.errors)")
  }

  #if ODBC
    @Test("prints over ODBC what it prints of the file itself, and it can be pasted as well")
    func odbc() async throws {
      let database = try TemporaryDatabase(InspectCommandTests.awkward, journal: .wal)
      let url = "odbc:Driver=SQLite3;Database={\(database.path)}"
      let page = try await InspectCommandTests.inspect(url)
      let native = try await InspectCommandTests.inspect("sqlite://\(database.path)")
      #expect(page.code == 0 && page.errors.isEmpty, "\(page.errors)")
      #expect(
        page.output == native.output.replacing("\"sqlite://\(database.path)\"", with: "\"\(url)\""))
      let inspection = try await InspectCommandTests.inspect(url, "--json")
        .json(as: Inspection.self)
      #expect(inspection.tables.map(\.name) == ["order's # items", "客户 资料"])
      let checked = try await PastedConfiguration(inspection).check()
      #expect(checked.code == 0 && checked.errors.isEmpty, "\(checked.errors)")
      let wrong = try await InspectCommandTests.inspect(url, "--table", "客户资料")
      #expect(wrong.code == 65 && wrong.errors.contains("did you mean `客户 资料`?"))
      let secret = try await InspectCommandTests.inspect(url + ";PWD=hush", "--json")
      #expect(secret.code == 0 && !secret.output.contains("hush"), "\(secret.errors)")
      #expect(secret.output.contains("password: { credential:"))
    }
  #endif

  @Test("reads like a page: within 100 columns, with counts, and without a customer's values")
  func page() async throws {
    let company = try Company()
    let result = try await InspectCommandTests.inspect("sqlite://\(company.database.path)")
    #expect(result.code == 0 && result.errors.isEmpty)
    let output = result.output
    #expect(output.contains("customers: table, 3 rows"))
    #expect(output.contains("1 date, 1 × NULL, 1 × 0 or 0000-00-00, no index"))
    #expect(
      output.contains(
        "customers: { source: customers, table: customers, key: id, changes: snapshot }"))
    #expect(output.contains("  secret: [initial_password]"))
    for value in ["Ada", "李伟", "ada@example.com", "geheim-1", "zh-Hans", "2099-02-10"] {
      #expect(!output.contains(value), "\(value) is a customer's")
    }
    let text = output.prefix { $0 != "#" }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("takes the name of a configured source, and leaves its `sources:` out")
  func configured() async throws {
    let company = try Company()
    let result = try await company.run("source", "inspect", "crm", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let inspection = try result.json(as: Inspection.self)
    #expect(inspection.source == "crm" && inspection.sources == nil)
    let unknown = try await company.run("source", "inspect", "crn")
    #expect(unknown.code == 65 && unknown.errors.contains("did you mean `crm`?"))
    let flagged = try await company.run("source", "inspect", "crm", "--user", "me")
    #expect(flagged.code == 64)
  }

  @Test("looks at the tables that are named, and at no others")
  func tables() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (x)")
    let url = "sqlite://\(database.path)"
    let inspection = try await InspectCommandTests.inspect(url, "--table", "B", "--json")
      .json(as: Inspection.self)
    #expect(inspection.tables.map(\.name) == ["b"])
    let wrong = try await InspectCommandTests.inspect(url, "--table", "c")
    #expect(wrong.code == 65 && wrong.errors.contains("there is no table c"))
  }

  /// A database that has nothing to propose from, or is none.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let arguments: [String]
    let code: Int32
    let expected: String
  }

  static let faults =
    odbcFaults + [
      Fault(
        testDescription: "a file that is not there", arguments: ["sqlite:///nowhere/crm.db"],
        code: 69,
        expected: "/nowhere/crm.db is not there"),
      Fault(
        testDescription: "an unknown scheme", arguments: ["sqlit:///srv/crm.db"], code: 64,
        expected: "did you mean `sqlite`?"),
      Fault(
        testDescription: "a password for a file", arguments: ["csv:///srv", "--password-env", "X"],
        code: 64, expected: "expected no password"),
      Fault(
        testDescription: "two places of a password",
        arguments: ["mysql://me@db/crm", "--password-env", "X", "--password-file", "x"], code: 64,
        expected: "choose one of --password-file and --password-env"),
      Fault(
        testDescription: "a password that is nowhere",
        arguments: ["postgresql://me@db/crm", "--password-file", "/nowhere/password"], code: 78,
        expected: "secret file /nowhere/password"),
      Fault(
        testDescription: "an encoding for a database",
        arguments: ["sqlite:///srv/crm.db", "--encoding", "GB18030"], code: 64,
        expected: "expected --encoding for CSV files alone"),
    ]

  #if ODBC
    private static let odbcFaults = [
      Fault(
        testDescription: "a driver that is not installed", arguments: ["odbc:Driver=SQLite9;PWD=x"],
        code: 69, expected: "`odbcinst -q -d` lists the drivers"),
      Fault(
        testDescription: "a name that is not in odbc.ini", arguments: ["odbc:DSN=no such"],
        code: 69, expected: "odbc:DSN=no such cannot be connected to"),
      Fault(
        testDescription: "no driver", arguments: ["odbc:Server=db;PWD=x"], code: 64,
        expected: "expected `url` to be an ODBC connection string"),
      Fault(
        testDescription: "a user beside it", arguments: ["odbc:DSN=crm", "--user", "me"], code: 64,
        expected: "expected the user of an ODBC source as UID"),
      Fault(
        testDescription: "a password of ODBC's that is nowhere",
        arguments: ["odbc:DSN=crm", "--password-file", "/nowhere/password"], code: 78,
        expected: "secret file /nowhere/password"),
    ]
  #else
    private static let odbcFaults: [Fault] = []
  #endif

  @Test("refuses with a reason", arguments: faults)
  func refuses(fault: Fault) async throws {
    let result = try await KindlyBinary.run(["source", "inspect"] + fault.arguments)
    #expect(result.code == fault.code && result.output.isEmpty)
    #expect(result.errors.contains(fault.expected), "got: \(result.errors)")
    #expect(!result.errors.contains("next poll"), "nobody polls here")
  }

  @Test("says that a database is empty, and that none of its tables are of customers")
  func nothing() async throws {
    let nothing = try TemporaryDatabase()
    let empty = try await InspectCommandTests.inspect("sqlite://\(nothing.path)")
    #expect(empty.code == 0 && empty.output.contains("There are no tables in it"))
    let other = try TemporaryDatabase("CREATE TABLE rates (currency TEXT, rate REAL)")
    let result = try await InspectCommandTests.inspect("sqlite://\(other.path)")
    #expect(result.code == 0 && result.output.contains("No table looks like a customer table"))
    #expect(result.output.contains("no key"))
  }

  @Test("reads CSV files, and goes on where one is broken")
  func files() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "id;name;email\n1;Ada;ada@example.com\n2;Bob;bob@example.com\n", to: "customers.csv")
    try folder.write("id;due\n1\n", to: "broken.csv")
    // As exports lie there that were written some time ago.
    for name in ["customers.csv", "broken.csv"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
        ofItemAtPath: "\(folder.path)/\(name)")
    }
    let result = try await InspectCommandTests.inspect("csv://\(folder.path)", "--json")
    let inspection = try result.json(as: Inspection.self)
    #expect(inspection.tables.map(\.name) == ["customers"])
    #expect(inspection.unread.first?.problem.contains("line 2") == true)
    let checked = try await PastedConfiguration(inspection).check()
    #expect(checked.code == 0, "\(checked.errors)")
  }

  #if PostgreSQL
    @Test("of a PostgreSQL server can be pasted, and says what is wrong with a login")
    func postgres() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE "Kunden" ("KundenNr" int PRIMARY KEY, "Nachname" text, "E-Mail" text, "gelöscht" boolean,
          "geändert_am" timestamptz NOT NULL DEFAULT now());
        INSERT INTO "Kunden" VALUES (1, 'Müller', 'mueller@example.com', false);
        CREATE TABLE vertraege (id int PRIMARY KEY, kunden_nr int REFERENCES "Kunden", "Ablaufdatum" date);
        """)
      let place = "127.0.0.1:\(database.server.port)/\(database.name)"
      let url = "postgresql://kindly:open%20sesame@\(place)"
      let result = try await InspectCommandTests.inspect(url, "--json")
      #expect(result.code == 0 && !result.output.contains("sesame"), "\(result.errors)")
      let inspection = try result.json(as: Inspection.self)
      #expect(inspection.customers?.contains(#"  if: "NOT \"gelöscht\"""#) == true, "\(inspection)")
      #expect(inspection.sources?.contains("password: { credential:") == true)
      let folder = try TemporaryFolder()
      try folder.write("open sesame\n", to: "password")
      let source = """
        sources:
          \(inspection.source): { url: "postgresql://kindly@\(place)", password: { file: \(folder.path)/password } }
        """
      let checked = try await PastedConfiguration(inspection, source: source).check()
      #expect(checked.code == 0, "\(checked.errors)")
      let wrong = try await InspectCommandTests.inspect("postgresql://kindly:hush@\(place)")
      #expect(wrong.code == 69 && wrong.errors.contains("password authentication failed"))
      #expect(!wrong.errors.contains("hush"))
      let nowhere = try await InspectCommandTests.inspect(
        "postgresql://kindly@no-such-host.invalid/crm")
      #expect(nowhere.code == 69 && nowhere.errors.contains("no-such-host.invalid"))
    }
  #endif

  #if MariaDB
    @Test("of a MariaDB server can be pasted, with the password from the environment")
    func mariadb() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE clients (id int PRIMARY KEY, nom varchar(40), courriel varchar(80), supprime tinyint(1) NOT NULL,
          modifie_le timestamp NOT NULL DEFAULT now());
        INSERT INTO clients VALUES (1, 'Zoé', 'zoe@example.com', 0, now());
        CREATE TABLE abonnements (id int PRIMARY KEY, id_client int, date_fin date)
        """)
      let url = "mysql://127.0.0.1:\(database.server.port)/\(database.name)"
      var environment = KindlyBinary.environment
      environment["CRM_PASSWORD"] = "open sesame"
      let result = try await KindlyBinary.run(
        ["source", "inspect", url, "--user", "kindly", "--password-env", "CRM_PASSWORD", "--json"],
        environment: environment)
      #expect(result.code == 0, "\(result.errors)")
      let inspection = try result.json(as: Inspection.self)
      #expect(inspection.sources?.contains("password: { env: CRM_PASSWORD }") == true)
      #expect(inspection.customers?.contains("if: supprime = 0") == true)
      #expect(inspection.watches?.contains("cursor modifie_le") == true)
      let pasted = try PastedConfiguration(inspection)
      let checked = try await KindlyBinary.run(
        ["check", "--config", pasted.folder.path], environment: environment)
      #expect(checked.code == 0, "\(checked.errors)")
      let wrong = try await InspectCommandTests.inspect(url, "--user", "kindly")
      #expect(wrong.code == 69 && wrong.errors.contains("Access denied"))
    }
  #endif
}
