import KindlyCore
import Testing

@Suite("Circles of leads")
struct LeadCirclesTests {
  @Test(
    "are those who are their own leads, and not those who only lead to them",
    arguments: [
      ([:], []),
      (["a": "b", "b": "c"], []),
      (["a": "a", "b": "a"], ["a"]),
      (["a": "b", "b": "c", "c": "b", "d": "a"], ["b", "c"]),
      (["a": "b", "b": "a", "c": "d", "d": "c", "e": "f"], ["a", "b", "c", "d"]),
    ])
  func members(leads: [String: String], circular: [String]) {
    let pairs = leads.map { (RowKey($0.key), RowKey($0.value)) }
    let members = LeadCircles.members(of: Dictionary(uniqueKeysWithValues: pairs))
    #expect(members.map(\.description).sorted() == circular)
  }
}
