import KindlyConfig
import KindlyCore
import Testing

@Suite("A watch of Kindly's own ledger")
struct LedgerWatchTests {
  private func folder(_ watch: String, rules: String = "rules: []\n") throws -> ConfigurationFolder
  {
    try ConfigurationFolder([
      "kindly.yaml": Fixture.main.replacing(
        "watches:\n", with: "watches:\n  own: { source: kindly, \(watch) }\n"),
      "rules.d/10-test.yaml": rules,
    ])
  }

  @Test("knows its key, its customer and its dates")
  func known() throws {
    let watch = try folder("table: attempts").load().watch(named: "own")
    #expect(watch?.key == ["reminder_number", "number"])
    #expect(watch?.customerColumn == "customer" && watch?.changes == .snapshot)
    #expect(watch?.dates.forms(of: "began_at") == [.milliseconds, .time])
    #expect(watch?.ledgerView == .attempts)
    let written = try folder("table: tasks, key: number, customer: customer, changes: snapshot")
    #expect(try written.load().watch(named: "own")?.key == ["number"])
  }

  @Test(
    "is refused where it cannot be meant",
    arguments: [
      (
        "table: task",
        "expected `table` to be a view of Kindly's own ledger (reminders, tasks, inbox, replies, suppressions, attempts), got `task`; did you mean `tasks`?"
      ),
      ("key: id", "expected watch own to have `table:` (one of reminders, tasks"),
      (
        "query: SELECT 1 FROM tasks",
        "expected a watch of Kindly's own ledger to have `table`, got `query`"
      ),
      (
        "table: tasks, key: id", "expected `key` of the view tasks to be number, or to be left out"
      ),
      (
        "table: tasks, customer: custmer",
        "expected `customer` to be a column of the view tasks, got `custmer`; did you mean `customer`?"
      ),
      (
        "table: tasks, changes: changelog",
        "expected `changes` to be `snapshot`, or to be left out, for a watch of Kindly's own ledger"
      ),
      ("table: tasks, reappearing: insert", "unknown key `reappearing` in watch own"),
    ])
  func refused(watch: String, problem: String) throws {
    let problems = try folder(watch).problems()
    #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
  }

  @Test(
    "compares a column that a purge empties only if `update of` names it",
    arguments: [("insert or update", false), ("update of note", true)])
  func emptied(when: String, isCompared: Bool) throws {
    let configuration = try folder(
      "table: tasks",
      rules:
        "rules:\n  - { name: a, watch: own, when: \(when), if: note IS NULL, send: email, template: a }\n"
    ).load()
    let columns = WatchColumns(
      watch: try #require(configuration.watch(named: "own")), rules: configuration.rules,
      directory: configuration.customers)
    let chosen = columns.choose(from: LedgerView.tasks.columns.map(\.name))
    #expect(chosen.compared.contains("note") == isCompared)
    #expect(!chosen.compared.contains("depth") && chosen.captured.contains("note"))
    #expect(chosen.compared.contains("state") == !isCompared)
  }

  private static func rule(_ name: String, _ watch: String, send: String) -> String {
    "  - { name: \(name), watch: \(watch), when: insert, send: \(send), template: a }\n"
  }

  @Test(
    "warns of rules that can feed each other",
    arguments: [
      ("reminders", "email", "reminders", "email", true),
      ("tasks", "email", "tasks", "inbox", false),
      ("tasks", "inbox", "tasks", "inbox", true),
      ("reminders", "email", "tasks", "inbox", false),
      ("replies", "email", "replies", "email", false),
    ])
  func loops(
    view: String, send: String, other: String, otherSend: String, warns: Bool
  ) throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main.replacing(
        "watches:\n",
        with:
          "watches:\n  one: { source: kindly, table: \(view) }\n  two: { source: kindly, table: \(other) }\n"
      ),
      "rules.d/10-test.yaml": "rules:\n" + Self.rule("a", "one", send: send)
        + Self.rule("b", "two", send: otherSend),
    ])
    let warnings = try folder.warnings().filter { $0.contains("can trigger each other") }
    #expect(warnings.count == (warns ? 1 : 0), "\(warnings)")
    if warns { #expect(warnings[0].contains("the rules a, b watch Kindly's own ledger")) }
  }

  @Test("a step's `unless` is added to its rule's")
  func unless() throws {
    let steps = try Fixture.folder(
      rule: """
        unless: depth > 0
        send: email
        template: a
        steps:
          - { name: one, when: insert }
          - { name: two, when: insert, unless: "this.customer = '1'" }
        """
    ).load().rules[0].steps
    #expect(steps.map(\.unless) == [["depth > 0"], ["depth > 0", "this.customer = '1'"]])
  }

  @Test(
    "an `unless` is refused like an `if`",
    arguments: [
      ("a; b", "`unless`: "), ("(a", "`unless`: "), (":other = 1", "`unless`: "),
      ("old.state = 'x'", "expected `unless` to query Kindly's own views"),
    ])
  func refusedUnless(sql: String, problem: String) throws {
    let problems = try Fixture.folder(
      rule: "when: insert\nsend: email\ntemplate: a\nunless: \"\(sql)\""
    ).problems()
    #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
  }
}
