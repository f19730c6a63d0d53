import KindlyConfig
import KindlyCore
import Testing

@Suite("Lists in the configuration") struct ListTests {
  /// A folder with these lists and one rule, which has these lines.
  private func folder(_ lists: String, rule: String) throws -> ConfigurationFolder {
    let lines = rule.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return try ConfigurationFolder([
      "kindly.yaml": Fixture.main + lists + "\n",
      "rules.d/10-test.yaml":
        "rules:\n  - name: test\n    watch: customers\n    send: email\n    template: a\n\(lines)\n",
    ])
  }

  private static let query = "SELECT a FROM orders WHERE customer_id = :customer ORDER BY a DESC"
  private static let two = """
    lists:
      recent orders: { source: crm, query: "\(query)" }
      visits: { source: crm, query: "SELECT at FROM visits WHERE customer_id = :customer AND at < :today" }
    """

  @Test("a step's lists replace its rule's, without duplicates")
  func chosen() throws {
    let configuration = try folder(
      Self.two,
      rule: """
        show: [recent orders, recent orders]
        steps:
          - { name: a, when: insert }
          - { name: b, when: delete, show: [visits, recent orders] }
        """
    ).load()
    #expect(configuration.lists.map(\.name) == ["recent orders", "visits"])
    #expect(configuration.lists[0].query == Self.query && configuration.lists[0].source == "crm")
    let steps = try #require(configuration.rules.first?.steps)
    #expect(
      steps.map { $0.lists.map(\.name) } == [["recent orders"], ["visits", "recent orders"]])
  }

  @Test(
    "problems are reported with their place",
    arguments: [
      (
        two, "show: recent order",
        "rules.d/10-test.yaml:6:11: error: expected `show` to name lists of kindly.yaml, got `recent order`; did you mean `recent orders`?"
      ),
      (
        "", "show: orders",
        "rules.d/10-test.yaml:6:11: error: expected `show` to name lists of kindly.yaml, got `orders`; there are none: write "
          + "`lists: { NAME: { source: SOURCE, query: \"SELECT … WHERE customer_id = :customer\" } }` in kindly.yaml"
      ),
      (
        "lists: { orders: { source: cmr, query: \"SELECT 1 WHERE 1 = :customer\" } }",
        "show: orders",
        "kindly.yaml:16:28: error: expected `source` to name a source, got `cmr`; did you mean `crm`?"
      ),
      (
        "lists: { orders: { source: crm, query: \"SELECT a FROM orders\" } }", "show: orders",
        "kindly.yaml:16:40: error: expected `query` to select one customer's rows (`WHERE customer_id = :customer`), got no `:customer`; "
          + "without it every customer's card would show the rows of all customers"
      ),
      (
        "lists: { orders: { source: crm, query: \"DELETE FROM t WHERE id = :customer\" } }",
        "show: orders",
        "kindly.yaml:16:40: error: expected `query` to begin with SELECT or WITH, got `DELETE FROM t WHERE id = :customer`"
      ),
      (
        "lists: { orders: { source: crm, query: \"SELECT 1 WHERE 1 = :client\" } }", "show: orders",
        "kindly.yaml:16:60: error: `query`: expected no placeholder but :now, :today and :customer, got `:client`"
      ),
      (
        "lists: { orders: { source: crm, query: \"SELECT :customer; DROP TABLE t\" } }",
        "show: orders",
        "kindly.yaml:16:57: error: `query`: expected one condition, got a `;`; only one is possible, joined with AND or OR"
      ),
      (
        "lists: { orders: { source: crm, query: \"SELECT :customer\", rows: 5 } }", "show: orders",
        "kindly.yaml:16:60: error: unknown key `rows` in list orders; its keys are query, source"
      ),
      (
        "lists: { orders: { query: \"SELECT :customer\" } }", "show: orders",
        "kindly.yaml:16:18: error: expected list orders to have `source:` (the name of a source), got none"
      ),
      (
        "lists: { \"-orders\": { source: crm, query: \"SELECT :customer\" } }", "when: insert",
        "kindly.yaml:16:10: error: expected the name of a list to be words of letters, digits, `-`, `_` and `.`, at most 64 "
          + "characters, each beginning with a letter or digit; got `-orders`"
      ),
      (
        "lists: [orders]", "when: insert",
        "kindly.yaml:16:8: error: expected `lists` to be a map of names, got a list"
      ),
    ])
  func problems(lists: String, lines: String, expected: String) throws {
    let rule = lines.hasPrefix("when") ? lines : lines + "\nwhen: insert"
    let problems = try folder(lists, rule: rule).problems()
    #expect(problems == [expected], "\(problems)")
  }

  @Test("a condition cannot use `:customer`")
  func condition() throws {
    let problems = try folder("", rule: "when: insert\nif: id = :customer").problems()
    #expect(
      problems == [
        "rules.d/10-test.yaml:7:14: error: `if`: expected no placeholder but :now and :today, got `:customer`"
      ], "\(problems)")
  }

  @Test("customers with a composite key cannot have lists")
  func composite() throws {
    let main = Fixture.main.replacing(
      "table: customers, key: id, changes: cursor updated_at", with: "table: customers, key: [a, b]"
    ).replacing(", customer: customer_id", with: "")
    let problems = try ConfigurationFolder([
      "kindly.yaml": main + Self.two + "\n",
      "rules.d/10-test.yaml":
        "rules:\n  - { name: test, watch: customers, send: email, template: a, when: on x }\n",
    ]).problems()
    #expect(
      problems == [
        "kindly.yaml:17:1: error: expected watch customers to have one key column, because `:customer` of list recent orders is a single value, got 2"
      ], "\(problems)")
  }

  @Test("a reload reports an edited list and the rules that show it")
  func changes() throws {
    let rule = "when: insert\nshow: recent orders"
    let old = try folder(Self.two, rule: rule).load()
    let moved = try folder("\n" + Self.two, rule: rule).load()
    #expect(ConfigurationChange(from: old, to: moved).isEmpty)
    let new = try folder(
      Self.two.replacing("DESC", with: "ASC").replacing("  visits:", with: "  calls:"), rule: rule
    ).load()
    let change = ConfigurationChange(from: old, to: new)
    #expect(change.changedRules == ["test"])
    let text = change.summary(templateFiles: [])
    for part in ["list recent orders changed", "list calls added", "list visits removed"] {
      #expect(text.contains(part), "\(text)")
    }
  }
}
