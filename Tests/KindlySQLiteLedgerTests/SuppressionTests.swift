import KindlyCore
import KindlyTestKit
import Testing

@Suite("Suppressed addresses in the file")
struct SuppressionTests {
  @Test("are stored as hashes")
  func hashes() async throws {
    let fixture = try await Fixture()
    try await fixture.ledger.suppress(
      Suppression(address: "Li.Wei@Example.com", because: "550 no such user"), now: Fixture.start)
    let stored: String? = try fixture.value(
      "SELECT group_concat(hex(address_hash) || because) FROM suppression")
    #expect(stored?.contains("550 no such user") == true)
    #expect(stored?.lowercased().contains("wei") == false)
  }
}
