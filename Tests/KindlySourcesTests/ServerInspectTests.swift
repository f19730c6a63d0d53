import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

#if PostgreSQL
  @Suite("Inspecting PostgreSQL")
  struct PostgresInspectTests {
    static let company = """
      CREATE TABLE customers (id uuid PRIMARY KEY, name text, email varchar(80) NOT NULL, deleted boolean,
        "endsOn" timestamp, born date);
      CREATE UNIQUE INDEX customers_email ON customers (email);
      CREATE INDEX customers_some ON customers (born) WHERE NOT deleted;
      CREATE INDEX customers_lower ON customers (lower(name), born);
      CREATE TABLE leases (id int PRIMARY KEY, customer_id uuid REFERENCES customers, due date);
      CREATE INDEX leases_due ON leases (due, customer_id);
      CREATE VIEW lively AS SELECT id FROM customers;
      INSERT INTO customers VALUES
        ('0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d', '张伟', 'zhang@example.com', false, 'infinity', '1970-01-01'),
        ('ffffffff-0000-4000-8000-000000000000', 'M\u{FFFD}ller', 'm@example.com', true, '2026-02-10', NULL);
      CREATE SCHEMA billing;
      CREATE TABLE billing.invoices (id int PRIMARY KEY);
      CREATE SCHEMA closed;
      CREATE TABLE closed.vault (id int PRIMARY KEY);
      CREATE TABLE private (id int PRIMARY KEY);
      REVOKE SELECT ON private FROM kindly;
      GRANT USAGE ON SCHEMA billing TO kindly;
      GRANT SELECT ON billing.invoices TO kindly
      """

    @Test("lists what the role may see, with keys, indexes and references")
    func structure() async throws {
      let database = try await PostgresDatabase(PostgresInspectTests.company)
      let source = database.source(pace: patience)
      let relations = try await source.inventory().relations
      #expect(
        relations.map(\.name) == ["billing.invoices", "customers", "leases", "lively", "private"])
      #expect(relations.filter { $0.fault != nil }.map(\.name) == ["private"])
      #expect(relations.allSatisfy { !$0.isWritable })
      let customers = try await source.survey("customers")
      #expect(customers.key == ["id"] && customers.rows == .exact(2))
      #expect(customers.isIndexed("email") && !customers.isIndexed("born"))
      #expect(customers.column("endsOn")?.type == "timestamp without time zone")
      #expect(customers.column("endsOn")?.sqlName == "\"endsOn\"")
      let leases = try await source.survey("leases")
      #expect(leases.column("customer_id")?.references == "customers" && leases.isIndexed("due"))
      #expect(try await source.survey("billing.invoices").key == ["id"])
    }

    @Test("counts what is in the columns")
    func counts() async throws {
      let database = try await PostgresDatabase(PostgresInspectTests.company)
      let survey = try await database.source(pace: patience)
        .survey("customers")
      #expect(survey.column("born")?.tally.dates.readable == 0)
      #expect(survey.column("born")?.tally.dates.unusable == [.epoch: 1, .null: 1])
      #expect(survey.column("endsOn")?.tally.dates.readable == 1)
      #expect(survey.column("endsOn")?.tally.dates.unusable == [.unreadable: 1])
      #expect(survey.column("name")?.tally.misencoded == [.replaced: 1])
      #expect(CustomerProposal([survey])?.condition == "NOT deleted")
    }

    @Test("reads the first and the last of many rows, and gives the server's estimate")
    func samples() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, due date);
        INSERT INTO t SELECT i, CASE WHEN i > 100000 THEN NULL ELSE DATE '2026-02-10' END
        FROM generate_series(1, 100050) AS i
        """)
      let source = database.source(pace: patience)
      #expect(try await source.survey("t").rows == .atLeast(100_000), "nobody has counted yet")
      try database.run("ANALYZE t")
      let survey = try await source.survey("t")
      #expect(survey.rows == .estimate(100_050) && survey.sampled == 2000)
      #expect(survey.column("due")?.tally.nulls == 50)
    }

    @Test("tells what the server is, who we are, and what we may do too much")
    func server() async throws {
      let database = try await PostgresDatabase(PostgresInspectTests.company)
      let facts = try await database.source(pace: patience).inventory().server
      #expect(facts.product == "PostgreSQL" && facts.version?.isEmpty == false)
      #expect(facts.encoding == "UTF8" && facts.timezone != nil && facts.user == "kindly")
      #expect(facts.excess == nil)
      #expect(facts.longestTransaction == .hidden(grant: "GRANT pg_read_all_stats TO \"kindly\""))
      let mighty = DatabaseSource(
        postgres: database.server.address(of: database.name, user: "postgres"), password: nil,
        name: "crm")
      let session = try database.session()
      try session.run("BEGIN; SELECT 1")
      let theirs = try await mighty.inventory()
      #expect(theirs.server.excess?.contains("superuser") == true)
      #expect(theirs.relations.allSatisfy { $0.isWritable })
      guard case .seconds = theirs.server.longestTransaction else {
        Issue.record("expected the open transaction to be seen, got \(theirs.server)")
        return
      }
      try session.run("COMMIT")
      #expect(try await mighty.inventory().server.longestTransaction == .none)
    }

    @Test("gives the GRANTs as the server takes them")
    func grants() async throws {
      let database = try await PostgresDatabase(PostgresInspectTests.company)
      let text = try await database.source(pace: patience).grants(reading: [
        "private", "closed.vault",
      ])
      let lines = text.split(separator: "\n")
      #expect(lines.first == "CREATE ROLE kindly LOGIN PASSWORD '…';")
      // The role is there already on the tests' server.
      try database.run(lines.dropFirst().joined(separator: "\n"))
      let source = database.source(pace: patience)
      #expect(try await source.inventory().relations.contains { $0.name == "closed.vault" })
      #expect(try await source.survey("private").rows == .exact(0))
    }
  }
#endif

#if MariaDB
  @Suite("Inspecting MariaDB")
  struct MariaDBInspectTests {
    static let company = """
      SET sql_mode = '';
      CREATE TABLE customers (id int PRIMARY KEY, name varchar(40) CHARACTER SET latin1, email varchar(80) NOT NULL,
        deleted tinyint(1), ends_on date, UNIQUE INDEX customers_email (email));
      CREATE TABLE leases (id int PRIMARY KEY, customer_id int, due datetime, INDEX leases_due (due, customer_id),
        FOREIGN KEY (customer_id) REFERENCES customers (id));
      CREATE VIEW lively AS SELECT id FROM customers;
      INSERT INTO customers VALUES (1, 'ÕÅÎ°', 'zhang@example.com', 0, '0000-00-00'),
        (2, 'Ada', 'ada@example.com', 1, '2026-02-10')
      """

    @Test("lists tables and views with keys, indexes and references")
    func structure() async throws {
      let database = try await MariaDBDatabase(MariaDBInspectTests.company)
      let source = database.source(pace: patience)
      let relations = try await source.inventory().relations
      #expect(relations.map(\.name) == ["customers", "leases", "lively"])
      #expect(relations.map(\.kind) == [.table, .table, .view])
      #expect(relations.allSatisfy { !$0.isWritable })
      let customers = try await source.survey("customers")
      #expect(customers.key == ["id"] && customers.rows == .exact(2))
      #expect(customers.isIndexed("email") && !customers.isIndexed("ends_on"))
      #expect(customers.column("deleted")?.type == "tinyint(1)")
      let leases = try await source.survey("leases")
      #expect(leases.column("customer_id")?.references == "customers" && leases.isIndexed("due"))
      #expect(try await source.survey("lively").sampled == 2)
    }

    @Test("counts zero dates, and GBK that was stored as latin1")
    func counts() async throws {
      let database = try await MariaDBDatabase(MariaDBInspectTests.company)
      let survey = try await database.source(pace: patience)
        .survey("customers")
      #expect(survey.column("ends_on")?.tally.dates.readable == 1)
      #expect(survey.column("ends_on")?.tally.dates.unusable == [.zero: 1])
      #expect(survey.column("name")?.tally.misencoded == [.gbkAsLatin1: 1])
      #expect(CustomerProposal([survey])?.condition == "deleted = 0")
    }

    @Test("reads the first and the last of many rows")
    func samples() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, due date);
        INSERT INTO t SELECT seq, IF(seq > 100000, NULL, '2026-02-10') FROM seq_1_to_100050;
        ANALYZE TABLE t
        """)
      let survey = try await database.source(pace: patience)
        .survey("t")
      #expect(survey.rows.number >= 100_000 && !survey.isWhole && survey.sampled == 2000)
      #expect(survey.column("due")?.tally.nulls == 50)
    }

    @Test("goes on where the time for one table is over")
    func time() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_5000")
      let source = database.source(pace: SlicePace(timeBesideWriters: .zero))
      for _ in 1...2 {
        let survey = try await source.survey("t")
        #expect((1...2).contains(survey.sampled) && !survey.isWhole)
      }
    }

    @Test("tells what the server is, who we are, and what we may do too much")
    func server() async throws {
      let database = try await MariaDBDatabase(MariaDBInspectTests.company)
      let facts = try await database.source(pace: patience).inventory().server
      #expect(facts.product == "MariaDB" && facts.version?.contains("MariaDB") == true)
      #expect(facts.encoding == "utf8mb4, utf8mb4_general_ci" && facts.timezone != nil)
      #expect(facts.user == "kindly@localhost" && facts.excess == nil)
      let mighty = DatabaseSource(
        mariadb: database.server.address(of: database.name, user: "root"), password: nil,
        name: "crm")
      let session = try database.session()
      try session.run("START TRANSACTION; UPDATE customers SET deleted = 1 WHERE id = 1")
      let theirs = try await mighty.inventory()
      #expect(theirs.server.excess?.contains("has write access to the whole database") == true)
      #expect(theirs.relations.allSatisfy { $0.isWritable })
      guard case .seconds(let seconds) = theirs.server.longestTransaction else {
        Issue.record("expected the open transaction to be seen, got \(theirs.server)")
        return
      }
      // A difference between the zones of server and session would be hours.
      #expect(seconds < 1800)
      try session.run("ROLLBACK")
    }

    @Test("gives the GRANTs as the server takes them, and sees what was granted too much")
    func grants() async throws {
      let database = try await MariaDBDatabase(MariaDBInspectTests.company)
      let source = database.source(pace: patience)
      let text = try await source.grants(reading: ["customers"])
      #expect(text.hasPrefix("CREATE USER 'kindly'@'%' IDENTIFIED BY '…';\n"))
      // On the tests' server the user is called otherwise, and is there already.
      let lines = text.replacing("'%'", with: "'localhost'").split(separator: "\n").dropFirst()
      for line in lines { try database.run(String(line)) }
      try database.run("GRANT INSERT ON leases TO kindly@localhost")
      let relations = try await source.inventory().relations
      #expect(relations.filter(\.isWritable).map(\.name) == ["leases"])
    }
  }
#endif
