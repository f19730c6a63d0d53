#if PostgreSQL
  import Foundation
  import KindlyTestKit
  import Testing

  /// The real binary on a real server, over TCP with a password.
  @Suite("kindly on PostgreSQL")
  struct PostgresCommandTests {
    private static let schema = """
      CREATE TABLE customers (
        id int PRIMARY KEY, name text, email text, lang text, status text, trial_ends_on date,
        initial_password text, deleted int NOT NULL DEFAULT 0);
      INSERT INTO customers VALUES (1, '李伟', 'li.wei@example.com', 'zh-Hans', 'trial', '2099-02-10', 'geheim-1'),
        (2, 'Ada', 'ada@example.com', 'en', 'trial', 'infinity', 'geheim-2')
      """

    private func company(_ database: PostgresDatabase, password: String = "open sesame") throws
      -> Company
    {
      let company = try Company()
      try company.folder.write(password + "\n", to: "password")
      let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
      let url = "postgresql://kindly@127.0.0.1:\(database.server.port)/\(database.name)"
      try company.write(
        main.replacing(
          "\"sqlite://\(company.database.path)\"",
          with: "\"\(url)\", password: { file: \(company.folder.path)/password }"),
        to: "kindly.yaml")
      return company
    }

    @Test("checks its rules in numbers, and prints the change log's SQL with its GRANTs")
    func checks() async throws {
      let database = try await PostgresDatabase(PostgresCommandTests.schema)
      let company = try company(database)
      let checked = try await company.run("check")
      #expect(checked.code == 0, "\(checked.errors)")
      #expect(checked.output.contains("send welcome by email (service): 2 rows match today"))
      #expect(checked.output.contains("1 × not a date"))
      let ddl = try await company.run("source", "ddl", "customers")
      #expect(ddl.code == 0)
      #expect(
        ddl.output.contains(
          "GRANT SELECT ON TABLE \"public\".\"kindly_changes_customers\" TO \"kindly\""))
      #expect(!ddl.output.contains("initial_password"))
      try database.run(ddl.output)
    }

    @Test("asks the same server in the same way, whatever the environment says to libpq")
    func environment() async throws {
      let database = try await PostgresDatabase(PostgresCommandTests.schema)
      let company = try company(database)
      let strange = [
        "PGHOSTADDR": "192.0.2.1", "PGOPTIONS": "-c search_path=nowhere", "PGUSER": "nobody",
        "PGTARGETSESSIONATTRS": "standby", "PGSSLMODE": "verify-full",
        "PGCHANNELBINDING": "require",
        "PGREQUIREPEER": "nobody", "PGDATABASE": "nowhere", "PGPASSFILE": "/nonexistent",
        "PGCLIENTENCODING": "LATIN1", "PGSSLMINPROTOCOLVERSION": "rubbish", "PGAPPNAME": "other",
        "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German",
      ]
      let plain = try await company.run("check")
      let checked = try await KindlyBinary.run(
        ["check", "--config", company.etc],
        environment: KindlyBinary.environment.merging(strange) { $1 })
      #expect(checked.code == 0, "\(checked.errors)")
      #expect(checked.output == plain.output)
    }

    @Test("says that the password is wrong, and never which one it was")
    func wrongPassword() async throws {
      let database = try await PostgresDatabase(PostgresCommandTests.schema)
      let checked = try await company(database, password: "hush").run("check")
      #expect(checked.code != 0)
      #expect(checked.errors.contains("password authentication failed"))
      #expect(!checked.errors.contains("hush") && !checked.output.contains("hush"))
    }

    @Test("sends a new customer one mail")
    func runs() async throws {
      let database = try await PostgresDatabase(PostgresCommandTests.schema)
      let company = try company(database)
      let daemon = try await RunningDaemon.start(company)
      try await daemon.says("the first look is complete")
      try database.run(
        "INSERT INTO customers VALUES (3, 'Zoë', 'zoe@example.com', 'en', 'trial', '2099-03-01', 'geheim-3')"
      )
      try await Eventually.holds("the welcome") { !company.letters.isEmpty }
      #expect(company.letters.count == 1)
      #expect(company.letters.first?.contains("zoe@example.com") == true)
      #expect(await daemon.stop() == 0)
    }
  }
#endif
