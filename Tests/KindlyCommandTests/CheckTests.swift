import Foundation
import KindlyTestKit
import Testing

@Suite("kindly check")
struct CheckTests {
  @Test("says each rule in plain English with its numbers, and exits 0")
  func saysRulesInNumbers() async throws {
    let company = try Company()
    let checked = try await company.run("check")
    #expect(checked.code == 0)
    #expect(
      checked.output.contains(
        "trial, step welcome: when a row is inserted in customers, if status = 'trial', send welcome by email (service): 2 rows match today"
      ))
    #expect(checked.output.contains("1 × 0 or 0000-00-00"))
    #expect(checked.errors.contains("10-trial.yaml:8: warning: rule trial: trial_ends_on"))
    let quiet = try await company.run("check", "--quiet", "--offline")
    #expect(quiet.code == 0 && quiet.output.isEmpty)
  }

  @Test("warns of a condition that no row has ever met, and names it alone")
  func unmetCondition() async throws {
    let company = try Company()
    #expect(try await !company.run("check").errors.contains("no row of customers meets"))
    try company.write(
      Company.trial.replacing(
        "template: ending", with: "template: ending, if: \"lang = 'xx'\""),
      to: "rules.d/10-trial.yaml")
    let warning = "10-trial.yaml:8: warning: rule trial: no row of customers meets `lang = 'xx'`"
    let before = try await company.run("check")
    #expect(before.code == 0)
    #expect(before.errors.contains(warning + ", so nothing is sent"), "\(before.errors)")
    #expect(!before.errors.contains("meets `status"))
    let daemon = try await RunningDaemon.start(company)
    #expect(await daemon.stop() == 0)
    let after = try await company.run("check")
    #expect(
      after.errors.contains(warning + ", and none has met it since Kindly began"),
      "\(after.errors)")
  }

  @Test("names the rows that a condition fails on")
  func namesFailingRows() async throws {
    let company = try Company()
    try company.write(
      Company.trial.replacing("status = 'trial'", with: "json_extract(status, '$') IS NULL"),
      to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(
      checked.errors.contains("a condition on watch customers fails: malformed JSON, on rows 1"),
      "\(checked.errors)")
  }

  @Test("tells of a condition that takes too much memory")
  func memory() async throws {
    let company = try Company()
    try company.database.run("DELETE FROM customers WHERE id > 1")
    // No text is too long by itself. SQLite checks what they took while it counts.
    let texts = (0..<18).map { "hex(zeroblob(\(8_000_000 - $0)))" }.joined(separator: ", ")
    let count = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
      SELECT max(i) FROM n
      """
    try company.write(
      Company.trial.replacing("status = 'trial'", with: "max(\(texts)) > '' AND (\(count)) > 0"),
      to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(
      checked.errors.contains("it took more than 256 MB of memory and was stopped, on row 1;"),
      "\(checked.errors)")
  }

  @Test("a letter that fails on one row is a warning, and one that fails on every row an error")
  func failingLetters() async throws {
    let company = try Company()
    try company.write(
      "---\nsubject: Welcome\n---\n<p>{{date(this.name)}}</p>\n", to: "templates/welcome.html")
    let failing = try await company.run("check")
    #expect(failing.code == 78, "\(failing.errors)")
    #expect(failing.errors.contains("error: the letter of rule trial, step welcome"))
    try company.insert(4, name: "2026-03-01")
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "warning: the letter of rule trial, step welcome cannot be written for row 1"),
      "\(checked.errors)")
  }

  @Test("reports an earlier value in a letter that is not kept, until the rule names its column")
  func unkeptColumns() async throws {
    let company = try Company()
    func write(changedIf: String, goneIf: String) throws {
      try company.write(
        """
        rules:
          - { name: changed, watch: customers, when: update of status, if: "\(changedIf)", send: email, template: changed }
          - { name: gone, watch: customers, when: delete, if: "\(goneIf)", send: email, template: gone }

        """, to: "rules.d/10-trial.yaml")
    }
    try company.write(
      "---\nsubject: Changed\n---\n<p>{{old.status}}</p>\n<p>{{old.trial_ends_on}}</p>\n",
      to: "templates/changed.html")
    try company.write(
      "---\nsubject: Gone\n---\n<p>{{this.email}}</p>\n<p>{{this.initial_password}}</p>\n",
      to: "templates/gone.html")
    try write(changedIf: "deleted = 0", goneIf: "deleted = 0")
    let missing = try await company.run("check")
    #expect(missing.code == 78)
    let kept = "error: Kindly keeps no earlier value of"
    #expect(missing.errors.contains("changed.html:5:4: \(kept) `old.trial_ends_on`, "))
    #expect(missing.errors.contains("gone.html:5:4: \(kept) `this.initial_password`, "))
    #expect(missing.errors.components(separatedBy: kept).count == 3, "\(missing.errors)")
    try company.write(
      "---\nsubject: Gone\n---\n<p>{{this.email}}</p>\n", to: "templates/gone.html")
    let always = "trial_ends_on IS NULL OR trial_ends_on IS NOT NULL"
    try write(changedIf: always, goneIf: "deleted = 0")
    let named = try await company.run("check")
    #expect(!named.errors.contains(kept), "\(named.errors)")
  }

  @Test("warns of a key that is a customer's address")
  func addressAsKey() async throws {
    let company = try Company()
    let warning = "the key email is also the column that `customers:` names as `email`"
    #expect(try await !company.run("check").errors.contains(warning))
    try company.replace("key: id", with: "key: email")
    let checked = try await company.run("check")
    #expect(checked.errors.contains(warning), "\(checked.errors)")
  }

  @Test("warns of a calendar without the days off of this year, if a rule asks it")
  func calendarGap() async throws {
    let company = try Company()
    try company.write(
      "{\"year\": 2016, \"days\": [{\"name\": \"D\", \"date\": \"2016-03-03\", \"isOffDay\": true}]}",
      to: "calendars/china.json")
    try company.configure("calendar: china", behind: "timezone: Asia/Shanghai")
    #expect(try await !company.run("check").errors.contains("china"))
    try company.write(
      Company.trial.replacing("4 days before", with: "4 workdays before"),
      to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(
      checked.errors.split(separator: "\n").contains {
        $0.contains("10-trial.yaml:8: warning: rule trial: ") && $0.contains("china")
          && $0.contains("days off")
      }, "\(checked.errors)")
  }

  /// A way to break a configuration, and what an operator must read then.
  struct Breakage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: String
    let text: String
    let expected: String
  }

  static let breakages = [
    Breakage(
      testDescription: "an unknown key", file: "rules.d/10-trial.yaml",
      text: Company.trial.replacing("send: email", with: "sent: email"),
      expected: "rules.d/10-trial.yaml:5:5: error:"),
    Breakage(
      testDescription: "a when that is none", file: "rules.d/10-trial.yaml",
      text: Company.trial.replacing("4 days before", with: "4 dogs before"),
      expected: "rules.d/10-trial.yaml:8:"),
    Breakage(
      testDescription: "a column that the condition alone knows", file: "rules.d/10-trial.yaml",
      text: Company.trial.replacing("status = 'trial'", with: "stat = 'trial'"), expected: "stat"),
    Breakage(
      testDescription: "a date column that is not there", file: "rules.d/10-trial.yaml",
      text: Company.trial.replacing("trial_ends_on", with: "trial_end"), expected: "trial_end"),
    Breakage(
      testDescription: "a letter that is not there", file: "rules.d/10-trial.yaml",
      text: Company.trial.replacing("template: ending", with: "template: ended"),
      expected: "expected the template of rule trial, step ended"),
    Breakage(
      testDescription: "a letter that names an unknown column", file: "templates/ending.html",
      text: "---\nsubject: \"Soon\"\n---\n<p>{{this.trial_end_on}}</p>\n",
      expected: "templates/ending.html:4:"),
    Breakage(
      testDescription: "YAML that is none", file: "rules.d/20-broken.yaml", text: "rules: [\n",
      expected: "rules.d/20-broken.yaml:"),
  ]

  @Test("names the place of what is wrong, and exits 78", arguments: breakages)
  func namesThePlace(_ breakage: Breakage) async throws {
    let company = try Company()
    try company.write(breakage.text, to: breakage.file)
    let checked = try await company.run("check")
    #expect(checked.code == 78)
    #expect(checked.errors.contains(breakage.expected), "got: \(checked.errors)")
    #expect(checked.errors.contains(": error: "))
    let errors = checked.errors.split(separator: "\n").filter { $0.contains(": error: ") }
    let places = errors.map { $0.prefix { $0 != " " } }
    #expect(Set(places).count == errors.count, "nothing is told twice: \(checked.errors)")
  }

  @Test("tells of a database that is missing, and leaves it out with --offline")
  func missingDatabase() async throws {
    let company = try Company()
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main.replacing(company.database.path, with: "/nowhere/crm.db"), to: "kindly.yaml")
    let checked = try await company.run("check")
    #expect(checked.code == 78)
    #expect(checked.errors.contains("/nowhere/crm.db"))
    #expect(try await company.run("check", "--offline").code == 0)
  }

  @Test("tells of a program and of certificates that channels cannot use")
  func filesOfChannels() async throws {
    let company = try Company()
    try company.configure(
      """
        sms: { type: exec, command: [/nowhere/sms, --send] }
        relay:
          { type: smtp, url: "smtps://relay.example.com", from: a@example.com, ca file: /nowhere/ca }
      """, behind: "channels:")
    let checked = try await company.run("check", "--offline")
    #expect(checked.code == 78)
    #expect(
      checked.errors.contains(
        "error: channel sms: expected `command` to begin with a program that can be run, got /nowhere/sms, which does not exist"
      ), "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "error: channel relay: expected `ca file` to be a readable file, got /nowhere/ca, which does not exist"
      ), "\(checked.errors)")
    try company.replace("/nowhere/sms", with: "/bin/true")
    try company.replace("/nowhere/ca", with: company.etc + "/kindly.yaml")
    #expect(try await company.run("check", "--offline").code == 0)
  }

  @Test("tells of a password whose file is missing, without the password")
  func missingSecret() async throws {
    let company = try Company()
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main + """
          relay:
            type: smtp
            url: smtp://relay.example.com:587
            from: care@example.com
            user: care
            password: { file: /nowhere/smtp }

        """, to: "kindly.yaml")
    let checked = try await company.run("check", "--offline")
    #expect(checked.code == 78)
    #expect(checked.errors.contains("channel relay: secret file /nowhere/smtp"))
  }

  @Test(
    "reports of one file only what is wrong in it, and says when others keep it from being used")
  func oneFile() async throws {
    let company = try Company()
    try company.write("rules: [\n", to: "rules.d/20-broken.yaml")
    let good = try await KindlyBinary.run(["check", company.etc + "/rules.d/10-trial.yaml"])
    #expect(good.code == 78)
    #expect(!good.errors.contains("20-broken.yaml"))
    #expect(good.errors.contains("in other files"))
    let broken = try await KindlyBinary.run(["check", company.etc + "/rules.d/20-broken.yaml"])
    #expect(broken.code == 78)
    #expect(broken.errors.contains("20-broken.yaml:"))
  }

  @Test("counts the customers who name each calendar, and those who name an unknown one")
  func customersCalendars() async throws {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN cal TEXT;
      UPDATE customers SET cal = 'china' WHERE id IN (1, 2);
      INSERT INTO customers (name, email, cal, status, deleted) VALUES ('A', 'a@example.com', 'office', 'paid', 0),
        ('B', 'b@example.com', 'Moon', 'paid', 0), ('C', 'c@example.com', '', 'paid', 0),
        ('D', 'd@example.com', 'Mars', 'paid', 1);
      """)
    try company.configure("  calendar: cal", behind: "  language: lang")
    for name in ["china", "office"] {
      try company.write(
        "{\"year\": 2026, \"days\": [{\"name\": \"D\", \"date\": \"2026-03-03\", \"isOffDay\": true}]}",
        to: "calendars/\(name).json")
    }
    let checked = try await company.run("check")
    #expect(
      checked.output.contains(
        "customers.cal: 2 customers name the calendar china, 1 customer names the calendar office; the company's calendar applies to all others"
      ), "\(checked.output)\(checked.errors)")
    #expect(
      checked.errors.contains(
        "1 customer has an unknown calendar in customers.cal and goes by the company's calendar: 1 × Moon; expected one of china, office"
      ), "\(checked.output)\(checked.errors)")
  }

  @Test("counts the customers whose time zone is unknown or whose language has no letter")
  func customersColumns() async throws {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN tz TEXT;
      ALTER TABLE customers ADD COLUMN channel TEXT;
      UPDATE customers SET channel = ' Email' WHERE id = 1;
      UPDATE customers SET tz = 'asia/tokyo' WHERE id = 1;
      INSERT INTO customers (name, email, lang, tz, status, deleted) VALUES
        ('A', 'a@example.com', 'de', 'GMT+8', 'paid', 0), ('B', 'b@example.com', 'German', 'Mars/Phobos', 'paid', 0),
        ('C', 'c@example.com', 'de-AT', 'CST', 'paid', 0), ('D', 'd@example.com', 'fr', 'CST', 'paid', 0),
        ('E', 'e@example.com', 'x@example.com', 'x@example.com', 'paid', 0),
        ('F', 'f@example.com', 'xx', 'Mars/Phobos', 'paid', 1);
      UPDATE customers SET channel = 'fax' WHERE name IN ('A', 'F');
      """)
    try company.configure("  timezone: tz\n  preferred: channel", behind: "  language: lang")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write("language: en\n" + main, to: "kindly.yaml")
    try company.write(
      "---\nsubject: \"Fin\"\n---\n<p>{{date(this.trial_ends_on)}}</p>\n",
      to: "templates/ending.fr.html")
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "4 customers have an unknown time zone in customers.tz and are treated as being in Asia/Shanghai: "
          + "2 × CST, 1 × Mars/Phobos, 1 × other text; expected"), "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "1 customer prefers a channel that is not configured, according to customers.channel: 1 × fax; "
      ),
      "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "2 customers have an invalid language in customers.lang and are treated as having none: "
          + "1 × German, 1 × other text; expected"), "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "1 customer reads de, 1 customer reads de-AT, 1 customer reads zh-Hans, but letter ending has no version for them"
      ), "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "1 customer reads de, 1 customer reads de-AT, 1 customer reads fr, 1 customer reads zh-Hans, but letter welcome"
      ), "\(checked.errors)")
  }

  @Test("says how many letters a backfill will send, until the daemon has seen the rule")
  func backfill() async throws {
    let company = try Company()
    try company.database.run(
      """
      UPDATE customers SET trial_ends_on = date('now', '-20 days') WHERE id = 1;
      UPDATE customers SET trial_ends_on = date('now', '-9 days') WHERE id = 2;
      UPDATE customers SET trial_ends_on = date('now', '-40 days') WHERE id = 3
      """)
    try company.write(
      """
      rules:
        - { name: after, watch: customers, when: 1 day after trial_ends_on, send: email, template: ending, backfill: 30 days }
        - { name: before, watch: customers, when: 1 day before trial_ends_on, send: email, template: ending, backfill: 30 days }

      """, to: "rules.d/10-trial.yaml")
    let fresh = try await company.run("check")
    #expect(
      fresh.output.contains(
        "after: `backfill: 30 days` sends 2 letters when the daemon first loads the rule\n"),
      "\(fresh.output)")
    #expect(
      fresh.output.contains(
        "before: `backfill: 30 days` sends 0 letters when the daemon first loads the rule; 2 rows from that time will get nothing"
      ), "\(fresh.output)")
    let daemon = try await RunningDaemon.start(company)
    try await Eventually.holds("a daemon that has loaded the rules") {
      try await !company.run("check").output.contains("backfill: 30 days` sends")
    }
    #expect(await daemon.stop() == 0)
  }

  private struct Report: Decodable {
    struct Step: Decodable {
      let rule: String
      let matching: Int?
    }

    let ok: Bool
    let steps: [Step]
  }

  @Test("gives scripts JSON")
  func json() async throws {
    let report = try await Company().run("check", "--json").json(as: Report.self)
    #expect(report.ok)
    #expect(report.steps.map(\.matching) == [2, 2])
  }
}
