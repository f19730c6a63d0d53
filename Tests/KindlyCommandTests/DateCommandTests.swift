import KindlyTestKit
import Testing

/// What the verbs say about date columns before anything is sent.
@Suite("The verbs on date columns")
struct DateCommandTests {
  /// A company with columns `x` and `born` of no declared type, and one rule.
  private func company(
    _ rows: String, when: String, dates: String = ""
  ) async throws -> Company {
    let company = try Company()
    try company.database.run(
      "DELETE FROM customers; ALTER TABLE customers ADD COLUMN x; ALTER TABLE customers ADD COLUMN born;"
    )
    try company.database.run(
      "INSERT INTO customers (id, name, email, x, born) \(rows)")
    try company.write(
      "rules:\n  - { name: r, watch: customers, when: \(when), send: email, template: ending }\n",
      to: "rules.d/10-trial.yaml")
    try company.write("---\nsubject: Hello\n---\n<p>Hello</p>\n", to: "templates/ending.html")
    if !dates.isEmpty {
      try company.replace("changes: snapshot }", with: "changes: snapshot, dates: \(dates) }")
    }
    return company
  }

  private static let one = "VALUES (1, 'Ada', 'ada@example.com', "

  @Test(
    "`check` says what a column holds",
    arguments: [
      ("'2099-03-10'", "", "1 date in x (days), 1 moment ahead"),
      ("'2099-03-10 00:00:00'", "", "1 date in x (days), 1 moment ahead"),
      ("'2099-03-10 10:00'", "", "1 date in x (times), 1 moment ahead"),
      ("20990310", "", "1 date in x (days written YYYYMMDD), 1 moment ahead"),
      ("4076838000", "", "1 date in x (times in unix seconds), 1 moment ahead"),
      ("'28.12.2099'", "", "1 date in x (days written DMY, which no index sorts), 1 moment ahead"),
      (
        "'03/04/2099'", "{ x: MDY }",
        "1 date in x (days written MDY, which no index sorts), 1 moment ahead"
      ),
      (
        "'28.12.99'", "{ x: [DMY, years 2000-2099] }",
        "1 date in x (days written DMY, years 2000-2099, which no index sorts), 1 moment ahead"
      ),
      ("'1998-05-09'", "", "1 date in x (days), 0 moments ahead; the last was on 1998-05-06"),
    ])
  func kinds(value: String, dates: String, expected: String) async throws {
    let company = try await company(
      Self.one + "\(value), NULL)", when: "3 days before x", dates: dates)
    let checked = try await company.run("check")
    #expect(checked.code == 0)
    #expect(checked.output.contains(expected), "\(checked.output)\(checked.errors)")
  }

  @Test(
    "`check` says when the next moment comes, also of a step that recurs",
    arguments: [
      ("3 days before x", "1 moment ahead, the next on 2099-03-07"),
      ("every 100 years after x", "1 date in x (days), next on 2199-03-10"),
      ("every day after x", "1 date in x (days), next on 2099-03-11"),
      ("every month after x", "1 date in x (days), next on 2099-04-10"),
      ("every month on x", "1 date in x (days), next on 2099-03-10"),
      ("every month after x until born", "1 date in x (days), next on 2099-04-10"),
      ("every born days after x", "1 date in x (days), next on 2099-04-10"),
      ("every year on lunar date x", "next on 2099-"),
      ("rrule \"FREQ=DAILY;COUNT=3\" from x", "1 date in x (days), next on 2099-03-10"),
    ])
  func next(when: String, expected: String) async throws {
    // The other column is a date or a number of days, and such a number is no date.
    let born = when.contains("days") ? "31" : "NULL"
    let company = try await company(Self.one + "'2099-03-10', \(born))", when: when)
    let checked = try await company.run("check")
    #expect(checked.code == 0)
    #expect(checked.output.contains(expected), "\(checked.output)\(checked.errors)")
    #expect(!checked.errors.contains("moments ahead"), "\(checked.errors)")
  }

  @Test("`check` does not count moments ahead if it would have to read too many rows")
  func tooMany() async throws {
    let many = """
      SELECT i, 'Ada', 'c' || i || '@example.com', '2099-03-10', '2099-03-10'
      FROM (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20001) SELECT i FROM n)
      """
    let company = try await company(many, when: "every month after x until born")
    let checked = try await company.run("check")
    #expect(checked.output.contains("20001 dates in x (days)\n"), "\(checked.output)")
    #expect(!checked.errors.contains("moments ahead"), "\(checked.errors)")
  }

  @Test(
    "`check` warns of a step that no date lets fire",
    arguments: [
      (
        "NULL", "3 days before x",
        "0 moments ahead (`3 days before x`), so nothing is sent until customers has a date in x\n"
      ),
      (
        "'1998-05-09'", "rrule \"FREQ=DAILY;COUNT=3\" from x",
        "0 moments ahead; the last was on 1998-05-11 (`rrule \"FREQ=DAILY;COUNT=3\" from x`), so nothing is sent until customers has a later date\n"
      ),
      (
        "'1998-05-09'", "every month after x at most 3 times",
        "0 moments ahead; the last was on 1998-08-09 (`every month after x at most 3 times`), so nothing is sent until customers has a later date\n"
      ),
      (
        "'2099-03-10'", "every month after x until x",
        "0 moments ahead (`every month after x until x`), so nothing is sent until customers has a later date\n"
      ),
      (
        "NULL", "every month after x",
        "0 moments ahead (`every month after x`), so nothing is sent until customers has a date in x\n"
      ),
      (
        "NULL", "every born days after x",
        "0 moments ahead (`every born days after x`), so nothing is sent until customers has a date in x\n"
      ),
      (
        "'2099-03-10'", "every born days after x",
        "0 moments ahead (`every born days after x`), so nothing is sent until customers has a number of days in born\n"
      ),
    ])
  func nothing(value: String, when: String, expected: String) async throws {
    let company = try await company(Self.one + "\(value), NULL)", when: when)
    let checked = try await company.run("check")
    #expect(checked.errors.contains("warning: rule r: " + expected), "\(checked.errors)")
  }

  @Test("`check` warns of a rule whose moments are all over")
  func past() async throws {
    let company = try await company(Self.one + "'1998-05-09', NULL)", when: "3 days before x")
    let checked = try await company.run("check")
    #expect(
      checked.errors.contains(
        "warning: rule r: 0 moments ahead; the last was on 1998-05-06 (`3 days before x`), so nothing is sent until "
          + "customers has a later date; for dates in the past use `after`"), "\(checked.errors)")
  }

  @Test(
    "`check` and `why` say what to state where a column leaves doubt",
    arguments: [
      ("'03/04/2099'", "1 × day or month first", "`dates: { x: DMY }` or `MDY`"),
      ("31121985", "1 × a number", "`dates: { x: YYYYMMDD }`"),
      ("'28.12.99'", "1 × a year of two digits", "`dates: { x: [DMY, years 1930-2029] }`"),
      ("'1900-01-01'", "1 × a placeholder such as 1900-01-01 or 9999-12-31", ""),
    ])
  func doubt(value: String, counted: String, advice: String) async throws {
    let company = try await company(Self.one + "\(value), NULL)", when: "every year on x")
    let checked = try await company.run("check")
    #expect(checked.output.contains(counted), "\(checked.output)")
    #expect(
      checked.errors.contains("customers holds \(counted); such rows get no reminder"),
      "\(checked.errors)")
    #expect(checked.errors.contains(advice))
    let counts = try await company.run("coverage")
    #expect(counts.output.contains("unusable date"), "\(counts.output)")
  }

  @Test(
    "`check` says what states the notation that it found in the values, and what no index sorts")
  func notation() async throws {
    let many = """
      SELECT i, 'Ada', 'c' || i || '@example.com', strftime('%d.%m.%Y', '2090-01-01', i || ' days'), NULL
      FROM (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT i FROM n)
      """
    let company = try await company(many, when: "3 days before x")
    let checked = try await company.run("check")
    let all = checked.output + checked.errors
    #expect(
      all.contains(
        "watch customers: x is read as DMY, because its values are written so; state it in the watch with `dates: { x: DMY }`"
      ), "\(all)")
    #expect(
      all.contains("x of customers holds days written DMY, which no index sorts by time"), "\(all)")
    try company.replace("changes: snapshot }", with: "changes: snapshot, dates: { x: DMY } }")
    let stated = try await company.run("check")
    #expect(!(stated.output + stated.errors).contains("is read as DMY"))
  }

  /// 400 birthdays, of which 30 are one date.
  private static let birthdays = """
    SELECT i, 'Ada', 'c' || i || '@example.com', NULL,
      CASE WHEN i < 30 THEN '1985-12-30' ELSE date('1950-01-01', (i * 37) || ' days') END
    FROM (WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 399) SELECT i FROM n)
    """

  @Test("`check`, `coverage` and `inspect` warn of a birthday that too many rows share")
  func heaps() async throws {
    let company = try await company(Self.birthdays, when: "every year on born")
    let checked = try await company.run("check")
    #expect(
      checked.errors.contains("born of customers is 1985-12-30 in 30 of 400 rows"),
      "\(checked.errors)")
    let counts = try await company.run("coverage")
    #expect(counts.output.contains("1985-12-30 in 30 of 400 rows"), "\(counts.output)")
    let inspected = try await KindlyBinary.run(
      ["source", "inspect", "sqlite://\(company.database.path)"])
    // Lines are broken to fit a terminal.
    let words = inspected.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("1985-12-30 in 30 rows"), "\(inspected.output)")
  }

  @Test("`init` proposes no rule about a column whose dates are all over")
  func proposesNothingPast() async throws {
    let folder = try TemporaryFolder("ki")
    let database = try TemporaryDatabase(
      """
      CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
      INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com');
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), OrderDate DATE);
      INSERT INTO orders VALUES (1, 1, '1998-05-06'), (2, 1, '1997-01-01')
      """, journal: .wal)
    let made = try await KindlyBinary.run(
      ["init", "--config", folder.path + "/etc", "--source", "sqlite://\(database.path)", "--yes"])
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.output.contains("welcome: when a row is inserted in customers"), "\(made.output)")
    #expect(!made.output.contains("0 moments ahead"), "\(made.output)")
  }
}
