import KindlyCore
import Testing

@Suite("The search for a recipient")
struct RecipientSearchTests {
  private static let customers = PeopleDirectory(watch: "customers", links: [.owner: "owner_id"])
  private static let staff = ColleagueDirectory(
    people: PeopleDirectory(.colleagues, watch: "staff", links: [.lead: "lead_id"]))

  private static func colleague(_ key: String, lead: String? = nil, isActive: Bool = true)
    -> (RowKey, RecipientSearch.Colleague)
  {
    let values: RowValues = ["lead_id": lead.map { .text($0) } ?? .null]
    let person = Person(.colleagues, key: RowKey(key), name: key, values: values)
    return (RowKey(key), .found(person, isActive: isActive))
  }

  private static let known = Dictionary(
    uniqueKeysWithValues: [
      colleague("anna", lead: "carl"), colleague("bob", lead: "carl", isActive: false),
      colleague("carl", lead: "dora"), colleague("dora"),
      colleague("self", lead: "self"), colleague("x", lead: "y", isActive: false),
      colleague("y", lead: "x", isActive: false), colleague("gone", isActive: false),
      (RowKey("nobody"), .unknown),
    ])

  private func find(
    _ role: RecipientRole, owner: Value = .null, this: RowValues = [:],
    known: [RowKey: RecipientSearch.Colleague] = known
  ) -> String {
    let search = RecipientSearch(
      customers: Self.customers, colleagues: Self.staff,
      teams: [Team(name: "desk", person: Person(.colleagues, key: Team.key(of: "desk"), name: ""))])
    let about = Person(key: RowKey("7"), name: "Wang", values: ["owner_id": owner])
    return switch search.find(role, about: about, this: this, known: known) {
    case .found(let person): person.words
    case .nobody(let absence): absence.words
    case .needs(let key): "needs \(key)"
    }
  }

  @Test(
    "follows owners and leads",
    arguments: [
      (RecipientRole.customer, "anna", "customer 7"),
      (.owner, "anna", "colleague anna"),
      (.lead(of: .owner), "anna", "colleague carl"),
      (.lead(of: .lead(of: .owner)), "anna", "colleague dora"),
      // Bob has left, so Carl stands for him, and Dora is Carl's lead.
      (.owner, "bob", "colleague carl"),
      (.lead(of: .owner), "bob", "colleague dora"),
      (.team("desk"), "anna", "team desk"),
      (.address(.email, "a@b.example"), "anna", "a@b.example"),
      (.lead(of: .owner), "dora", "colleague dora has no lead"),
      (.owner, "nobody", "colleague nobody is not in the directory"),
      (.owner, "gone", "colleague gone has left, and no active lead takes over"),
      (.owner, "x", "colleague x is their own lead, directly or through others"),
      (.lead(of: .owner), "self", "colleague self is their own lead, directly or through others"),
      (.owner, "  ", "customer 7 has no owner"),
      (.team("none"), "anna", "no team none is configured"),
      (.owner, "unread", "needs unread"),
    ])
  func roles(role: RecipientRole, owner: String, found: String) {
    #expect(find(role, owner: .text(owner)) == found)
  }

  @Test("reads the row's own column, also by a number and in another case")
  func columns() {
    let known = Dictionary(uniqueKeysWithValues: [Self.colleague("12")])
    #expect(
      find(.colleague(column: "assignee"), this: ["Assignee": .integer(12)], known: known)
        == "colleague 12")
    #expect(
      find(.colleague(column: "assignee"), this: ["assignee": .null])
        == "the row names no colleague in assignee")
    #expect(find(.owner) == "customer 7 has no owner")
  }

  @Test("tells colleagues from customers with the same key")
  func keys() {
    let customer = Person(key: RowKey("7"), name: "")
    let colleague = Person(.colleagues, key: RowKey("7"), name: "")
    #expect(customer.distinctKey == RowKey("7"))
    #expect(colleague.distinctKey == RowKey("colleague 7"))
  }
}
