import KindlyConfig
import KindlyCore
import Testing

/// Watches without `customer:`, whose rows are about nobody.
@Suite("Rows about nobody")
struct NobodyTests {
  private static let people = """
    colleagues: { watch: customers, name: name, email: email, lead: lead_id }
    teams: { service: { email: service@example.com } }
    segments: { vip: "level = 'A'" }
    lists: { orders: { source: crm, query: "SELECT 1 WHERE :customer = 1" } }

    """

  private static func folder(
    _ lines: String, watch: String = "machines", customers: Bool = true
  ) throws -> ConfigurationFolder {
    let folder = try Fixture.folder(rule: "template: a\n" + lines, watch: watch)
    var main = Fixture.main.replacing(
      "    visits:", with: "    visits:"
    ).replacing(
      "customers:\n  watch",
      with:
        "  machines: { source: crm, table: machines, key: id, changes: snapshot }\ncustomers:\n  watch"
    )
    .replacing("  phone: mobile\n", with: "  phone: mobile\n  owner: owner_id\n")
    if !customers {
      main = main.replacing(
        "customers:\n  watch: customers\n  name: name\n  email: email\n  phone: mobile\n  owner: owner_id\n",
        with: "")
    }
    try folder.write("kindly.yaml", main + people)
    return folder
  }

  @Test("are those of watches that name no customer, except the customers' own watch")
  func about() throws {
    let configuration = try Self.folder("when: insert\nsend: inbox").load()
    #expect(
      ["customers", "leases", "machines"].map { configuration.watch(named: $0)?.about } == [
        .itself, .customer(column: "customer_id"), .nobody,
      ])
  }

  @Test(
    "can be sent to colleagues, teams and addresses, and over channels that need no address",
    arguments: ["colleague keeper", "team service", "boss@example.com"])
  func allowed(to: String) throws {
    for customers in [true, false] {
      let folder = try Self.folder(
        "when: insert\nsend: email\nto: \(to)", customers: customers)
      #expect(folder.problems() == [])
    }
    #expect(try Self.folder("when: insert\nsend: inbox").problems() == [])
  }

  @Test(
    "have no customer to send to, and no owner, segment or list",
    arguments: [
      ("send: email", "the email that channel email needs"),
      ("send: preferred else inbox", "`send: preferred else inbox`"),
      ("send: email\nto: owner", "`to: owner`"),
      ("send: email\nto: [team service, lead]", "`to: lead`"),
      ("send: inbox\nfor: vip", "`for: vip`"),
      ("send: inbox\nshow: orders", "`show: orders`"),
    ])
  func refused(lines: String, demand: String) throws {
    let problems = try Self.folder("when: insert\n" + lines).problems()
    #expect(
      problems.contains {
        $0.contains(
          "expected watch machines to have `customer: COLUMN` (the column that holds the customer's key) for \(demand), got none; "
            + "without it the rows are about nobody: send to a colleague, a team or an address with `to:`, or over a channel that needs no address"
        )
      }, "\(problems)")
  }

  @Test("need `customers:` only where a rule sends to customers")
  func withoutCustomers() throws {
    let problems = try Self.folder("when: insert\nsend: email", customers: false).problems()
    #expect(
      problems.map { $0.contains("expected kindly.yaml to have `customers:`") } == [true],
      "\(problems)")
  }
}
