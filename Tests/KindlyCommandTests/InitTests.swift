import Foundation
import KindlyTestKit
import Testing

@Suite("kindly init")
struct InitTests {
  /// A folder to begin a configuration in, beside a database.
  private struct Place {
    let folder: TemporaryFolder
    let database: TemporaryDatabase

    init(_ sql: String = InitTests.company) throws {
      folder = try TemporaryFolder("ki")
      // In WAL mode a look may take a second, so that a busy machine reads the whole of so small a table.
      database = try TemporaryDatabase(sql, journal: .wal)
    }

    var etc: String { folder.path + "/etc" }
    var url: String { "sqlite://\(database.path)" }

    func run(
      _ arguments: String..., input: FileHandle = .nullDevice, powerless: Bool = false
    ) async throws -> KindlyBinary.Result {
      try await KindlyBinary.run(
        ["init", "--config", etc] + arguments, powerless: powerless, input: input)
    }

    func read(_ name: String) throws -> String {
      try String(contentsOfFile: "\(etc)/\(name)", encoding: .utf8)
    }

    /// Every file below the folder, sorted.
    var files: [String] {
      let all = FileManager.default.enumerator(atPath: etc)?.compactMap { $0 as? String } ?? []
      return all.filter { name in
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(
          atPath: "\(etc)/\(name)", isDirectory: &isFolder)
        return isThere && !isFolder.boolValue
      }.sorted()
    }
  }

  private static let company = """
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, lang TEXT, deleted INTEGER);
    INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', 'en', 0), (2, '李伟', 'li@example.com', 'zh-Hans', 0);
    CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), status TEXT, ends_on DATE);
    INSERT INTO leases VALUES (1, 1, 'active', '0000-00-00'), (2, 2, 'active', '2099-02-10')
    """

  @Test(
    "writes a rehearsal from one flag and what is proposed, checks it, and says what comes next")
  func proposals() async throws {
    let place = try Place()
    let result = try await place.run("--source", place.url, "--yes")
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      place.files == [
        "kindly.yaml", "rules.d/10-ending.yaml", "templates/ending.html",
        "templates/ending.zh-Hans.html", "templates/layout.html", "templates/layout.zh-Hans.html",
      ])
    let main = try place.read("kindly.yaml")
    #expect(main.contains("delivery: rehearsal\n") && main.contains("  if: deleted = 0\n"))
    #expect(main.contains("customer: customer_id }"))
    #expect(result.output.contains("ending: 14 days before ends_on in leases"))
    #expect(result.output.contains("1 rule, no errors"))
    for command in ["kindly check", "kindly run", "kindly status"] {
      #expect(result.output.contains("  \(command) --config \(place.etc)"))
    }
    let previewed = try await KindlyBinary.run(["preview", "ending", "2", "--config", place.etc])
    #expect(previewed.code == 0 && previewed.output.contains("2099年2月10日"), "\(previewed.errors)")
    let rubbish = try await KindlyBinary.run(["preview", "ending", "1", "--config", place.etc])
    #expect(rubbish.code == 0 && !rubbish.output.contains("0000"), "\(rubbish.errors)")
  }

  @Test("runs as it was written, and rehearses")
  func runs() async throws {
    let place = try Place()
    #expect(try await place.run("--source", place.url, "--yes").code == 0)
    let status = try await KindlyBinary.run(["status", "--config", place.etc])
    #expect(status.output.contains("rehearsal"), "\(status.output)\(status.errors)")
  }

  #if ODBC
    @Test("begins with a database behind an ODBC driver as with one of its own")
    func odbc() async throws {
      let place = try Place()
      let url = "odbc:Driver=SQLite3;Database=\(place.database.path)"
      let result = try await place.run("--source", url, "--yes")
      #expect(result.code == 0 && result.output.contains("1 rule, no errors"), "\(result.errors)")
      let main = try place.read("kindly.yaml")
      #expect(main.contains("{ url: \"\(url)\" }") && main.contains("customer: customer_id }"))
      let other = try Place()
      // Whom the URL names may have a password.
      let terminal = try TerminalFixture(
        typing: ["open sesame", "", "", "", "", "", "", "maildir", "", "", "", "yes"])
      let asked = try await other.run("--source", url + ";UID=care", input: terminal.input)
      #expect(asked.code == 0 && !asked.output.contains("sesame"), "\(asked.output)\(asked.errors)")
      let secret = try #require(other.files.first { $0.hasSuffix("-password") })
      #expect(try other.read(secret) == "open sesame\n")
      #expect(try other.read("kindly.yaml").contains("password: { file: \(other.etc)/\(secret) }"))
    }
  #endif

  @Test("takes a flag for each answer, and then asks nothing")
  func flags() async throws {
    let place = try Place()
    try place.folder.write("hush\n", to: "relay")
    let result = try await place.run(
      "--source", place.url, "--source-name", "shop", "--customers", "customers", "--phone-column",
      "-", "--language-column", "-", "--smtp", "smtp://relay.example.com:587", "--smtp-user",
      "care", "--smtp-password-file", "\(place.folder.path)/relay", "--from",
      "Beispiel GmbH <care@example.com>", "--timezone", "Europe/Berlin", "--language", "zh-Hans")
    #expect(result.code == 0, "\(result.errors)")
    let main = try place.read("kindly.yaml")
    #expect(main.contains("timezone: Europe/Berlin\n") && main.contains("  shop: { url:"))
    #expect(main.contains("    password: { file: \(place.folder.path)/relay }\n"))
    #expect(!main.contains("hush") && main.contains("language: zh-Hans\n"))
    #expect(try place.read("templates/ending.html").contains("Beispiel GmbH"))
    #expect(!place.files.contains { $0.contains("zh-Hans") })
  }

  @Test("asks at a terminal, again where an answer cannot be used, and proposes what it found")
  func questions() async throws {
    let place = try Place()
    let terminal = try TerminalFixture(typing: [
      "sqlite:///nowhere.db", place.url, "custommers", "", "", "", "-", "", "-",
      "smtp://relay.example.com:587", "care", "open sesame", "nobody", "care@example.com",
      "Asia/Beijing", "Asia/Shanghai", "", "yes",
    ])
    let result = try await place.run(input: terminal.input)
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("/nowhere.db is not there"))
    #expect(result.output.contains("did you mean `customers`?"))
    #expect(result.output.contains("Which column holds the mail address? (- for none) [email]"))
    let main = try place.read("kindly.yaml")
    #expect(main.contains("    password: { file: \(place.etc)/smtp-password }\n"))
    #expect(main.contains("timezone: Asia/Shanghai\n") && !main.contains("sesame"))
    #expect(try place.read("smtp-password") == "open sesame\n")
    let facts = try FileManager.default.attributesOfItem(atPath: place.etc + "/smtp-password")
    #expect(facts[.posixPermissions] as? Int == 0o600)
    #expect(!result.output.contains("sesame"))
  }

  @Test("writes nothing where the last question is answered with no, or the answers end")
  func declined() async throws {
    let place = try Place()
    let terminal = try TerminalFixture(
      typing: [place.url, "", "", "", "", "", "", "maildir", "", "", "", "no"])
    let result = try await place.run(input: terminal.input)
    #expect(result.code == 65 && result.errors.contains("nothing was written"))
    #expect(place.files.isEmpty)
    // What a person means by Ctrl-D on an empty line.
    let gone = try TerminalFixture(typing: [place.url, "\u{4}"])
    #expect(try await place.run(input: gone.input).code == 64)
    #expect(place.files.isEmpty)
  }

  @Test("names the flags that are missing where nobody can be asked")
  func missingFlags() async throws {
    let place = try Place()
    let result = try await place.run("--source", place.url, "--timezone", "UTC")
    #expect(result.code == 64)
    #expect(result.errors.contains("--customers, --smtp or --maildir, --from, --language"))
    #expect(try await place.run("--yes").code == 64)
    #expect(place.files.isEmpty)
  }

  @Test(
    "overwrites nothing, and says which file is in the way",
    arguments: ["kindly.yaml", "templates/layout.html", "rules.d/10-ending.yaml"])
  func existing(name: String) async throws {
    let place = try Place()
    try place.folder.write("mine", to: "etc/\(name)")
    let result = try await place.run("--source", place.url, "--yes")
    #expect(result.code == 73)
    #expect(result.errors.contains("\(place.etc)/\(name) exists already, and nothing was written"))
    #expect(place.files == [name])
    #expect(try place.read(name) == "mine")
  }

  @Test("says that the folder cannot be written")
  func unwritable() async throws {
    let place = try Place()
    try FileManager.default.createDirectory(
      atPath: place.etc, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
    let result = try await place.run("--source", place.url, "--yes", powerless: true)
    #expect(result.code == 73, "\(result.output)")
    #expect(result.errors.contains("\(place.etc) cannot be written: Permission denied"))
    #expect(place.files.isEmpty)
  }

  @Test(
    "greets new customers where no table has a date, and tells a colleague where nobody has an address"
  )
  func otherCompanies() async throws {
    let dateless = try Place(
      "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT); INSERT INTO customers VALUES (1, 'A', 'a@example.com')"
    )
    let welcomed = try await dateless.run("--source", dateless.url, "--yes")
    #expect(welcomed.code == 0, "\(welcomed.errors)")
    #expect(try dateless.read("rules.d/10-welcome.yaml").contains("when: insert\n"))
    let silent = try Place(
      "CREATE TABLE \"客户\" (\"编号\" INTEGER PRIMARY KEY, \"姓名\" TEXT, \"生日\" TEXT); INSERT INTO \"客户\" VALUES (1, '张伟', '1990-02-10')"
    )
    let told = try await silent.run("--source", silent.url, "--yes", "--language", "zh-Hans")
    #expect(told.code == 0, "\(told.errors)")
    let rule = try silent.read("rules.d/10-birthday.yaml")
    #expect(rule.contains("send: inbox\n") && rule.contains("when: every year on 生日\n"))
  }

  @Test("refuses a database without tables, and one in which no table is of customers")
  func nothingToPropose() async throws {
    let empty = try Place("")
    let result = try await empty.run("--source", empty.url, "--yes")
    #expect(result.code == 65 && result.errors.contains("no table that can be read"))
    let other = try Place("CREATE TABLE rates (id INTEGER PRIMARY KEY, rate REAL)")
    let unlike = try await other.run("--source", other.url, "--yes")
    #expect(unlike.code == 65 && unlike.errors.contains("name it with --customers, one of rates"))
    let keyless = try Place("CREATE TABLE customers (name TEXT, email TEXT)")
    let unnamed = try await keyless.run(
      "--source", keyless.url, "--yes", "--customers", "customers")
    #expect(unnamed.code == 65 && unnamed.errors.contains("name its key columns with --key"))
    #expect(empty.files.isEmpty && other.files.isEmpty && keyless.files.isEmpty)
  }

  @Test(
    "has the layout that is shipped",
    arguments: [("en", "layout.html"), ("zh-Hans", "layout.zh-Hans.html")])
  func layout(language: String, file: String) async throws {
    let place = try Place()
    let result = try await place.run(
      "--source", place.url, "--yes", "--language", language, "--language-column", "-")
    #expect(result.code == 0, "\(result.errors)")
    let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "config/templates/\(file)")
    #expect(try place.read("templates/layout.html") == String(contentsOf: shipped, encoding: .utf8))
  }

  #if PostgreSQL
    @Test("keeps a password that was typed or stood in the URL in a file of its own")
    func passwords() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE customers (id int PRIMARY KEY, name text, email text, ends_on date);
        INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', '2099-02-10')
        """)
      let server = "127.0.0.1:\(database.server.port)/\(database.name)"
      let carried = try Place()
      let result = try await carried.run(
        "--source", "postgresql://kindly:open%20sesame@\(server)", "--source-name", "crm", "--yes")
      #expect(result.code == 0, "\(result.errors)")
      #expect(try carried.read("crm-password") == "open sesame\n")
      #expect(try !carried.read("kindly.yaml").contains("sesame"))
      let typed = try Place()
      let terminal = try TerminalFixture(typing: ["hush", "\u{4}"])
      let refused = try await typed.run(
        "--source", "postgresql://kindly@\(server)", input: terminal.input)
      #expect(refused.code == 69 && refused.errors.contains("password authentication failed"))
      #expect(!refused.errors.contains("hush") && typed.files.isEmpty)
    }
  #endif
}
