import KindlyCore
import Testing

@Suite("A proposal for the customers")
struct CustomerProposalTests {
  private let ids = column("id", "INTEGER", [.integer(1), .integer(2)])

  @Test("finds table, columns, condition and what is about them in an English database")
  func english() throws {
    let customers = table(
      "customers",
      [
        ids, column("name", texts: ["Ada", "Bob"]),
        column("email", texts: ["ada@example.com", "bob@example.com"]),
        column("mobile", texts: ["+49 170 1", "+49 170 1234567"]),
        column("deleted", "INTEGER", [.integer(0), .integer(1)]),
        column("updated_at", texts: ["2026-02-10 09:30:00", "2026-02-10 09:31:00"]),
        column("initial_password", texts: ["a", "b"]),
      ])
    let leases = table(
      "leases",
      [
        ids, column("customer_id", "INTEGER", [.integer(1), .integer(1)]),
        column("ends_on", "DATE"),
      ])
    let log = table("log", [ids, column("at", "DATE")])
    let proposal = try #require(CustomerProposal([log, leases, customers]))
    #expect(proposal.customers.relation == "customers")
    #expect(proposal.customers.cursor == "updated_at")
    #expect(proposal.columns == [.name: "name", .email: "email", .phone: "mobile"])
    #expect(proposal.condition == "deleted = 0")
    #expect(proposal.secrets == ["initial_password"])
    #expect(proposal.others.map(\.relation) == ["leases"])
    #expect(proposal.others.first?.customer == "customer_id")
    #expect(proposal.others.first?.dates == ["ends_on"])
  }

  @Test(
    "finds the customers by other words",
    arguments: [
      ("客户", ["姓名", "手机"]), ("kunden", ["Nachname", "Telefon"]), ("clients", ["nom", "courriel"]),
      ("kehu", ["xingming", "shouji"]), ("wp_users", ["display_name", "user_email"]),
    ])
  func otherWords(name: String, columns: [String]) throws {
    let customers = table(name, [ids] + columns.map { column($0) })
    let others = table("rechnungen", [ids, column("betrag", "NUMERIC")])
    let proposal = try #require(CustomerProposal([others, customers]))
    #expect(proposal.customers.relation == name)
    #expect(Set(proposal.columns.values) == Set(columns))
  }

  @Test("prefers the customers to a table that is about them and has addresses too")
  func aboutThem() {
    let customers = table("customers", [ids, column("name"), column("email")])
    let orders = table(
      "orders",
      [ids, column("customer_id", "INTEGER"), column("name"), column("email"), column("phone")])
    #expect(CustomerProposal([orders, customers])?.customers.relation == "customers")
  }

  @Test(
    "writes the condition of a deleted flag as its type wants it",
    arguments: [
      (
        column("deleted_at", "timestamp", [.null, .text("2026-02-10 09:30:00")]),
        "deleted_at IS NULL"
      ),
      (column("is_deleted", "boolean", [.integer(0), .integer(1)]), "NOT is_deleted"),
      (column("deleted", "INTEGER", [.integer(0), .null]), "(deleted = 0 OR deleted IS NULL)"),
      (column("deleted", texts: ["Y", "N"]), nil),
    ])
  func conditions(flag: ColumnSurvey, condition: String?) throws {
    let customers = table("customers", [ids, column("name"), column("email"), flag])
    let proposal = try #require(CustomerProposal([customers]))
    #expect(proposal.condition == condition)
  }

  @Test("takes no cursor that is missing in some rows, and no column of languages that are no tags")
  func unfit() throws {
    let customers = table(
      "customers",
      [
        ids, column("name"), column("email"),
        column("updated_at", "DATE", [.text("2026-02-10"), .null]),
        column("language", texts: ["Chinese", "German"]),
      ])
    let proposal = try #require(CustomerProposal([customers]))
    #expect(proposal.customers.cursor == nil)
    #expect(proposal.columns[.language] == nil)
  }

  @Test("says how the dates of every column are written, and takes ids and amounts for no dates")
  func notations() throws {
    let seconds = [1_770_000_000, 1_780_000_000].map { Value.integer($0) }
    let compact = [20_260_210, 20_261_231].map { Value.integer($0) }
    let customers = table(
      "customers",
      [
        ids, column("name"), column("email"), column("created", "INTEGER", seconds),
        column("updated_at", "INTEGER", seconds),
        column("born", texts: ["28.12.1985", "1.2.1990"]), column("ends_on", "INTEGER", compact),
        column("begins_on", texts: ["2026-02-10", "2026-12-31"]),
        column("amount", "INTEGER", seconds), column("order_no", "INTEGER", compact),
      ])
    let watched = try #require(CustomerProposal([customers])).customers
    #expect(
      watched.notations.map { "\($0.column): \($0.word)" } == [
        "created: unix seconds", "updated_at: unix seconds", "born: DMY", "ends_on: YYYYMMDD",
      ])
    #expect(watched.dates == ["ends_on", "begins_on", "born"])
  }

  @Test("is none where no row has a key, and none where nobody could be reached")
  func none() {
    #expect(
      CustomerProposal([table("customers", key: [], [column("name"), column("email")])]) == nil)
    #expect(CustomerProposal([table("things", [ids, column("name")])]) == nil)
    #expect(CustomerProposal([]) == nil)
  }

  @Test(
    "takes a column called id for the key where none is declared, if it is there once in every row")
  func undeclaredKey() {
    let once = table("people", key: [], [ids, column("email")])
    #expect(once.key == ["id"])
    let twice = table("people", key: [], [column("id", "", [.integer(1), .integer(1)])])
    #expect(twice.key == [])
    let missing = table("people", key: [], [column("id", "", [.integer(1), .null])])
    #expect(missing.key == [])
  }
}
