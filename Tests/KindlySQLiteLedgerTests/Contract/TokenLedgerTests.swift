import KindlyCore
import Testing

@Suite("Access tokens in the ledger")
struct TokenLedgerTests {
  private let start = Fixture.start

  @Test(
    "an account has the token that was kept last, and the next process finds it",
    arguments: LedgerKind.allCases)
  func keeps(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    #expect(try await fixture.ledger.token(of: "wechat a") == nil)
    let (first, second) = (
      AccessToken(Secret("one"), until: start + .hours(2)),
      AccessToken(Secret("two"), until: start + .hours(1))
    )
    let other = AccessToken(Secret("three"), until: start)
    try await fixture.ledger.keep(first, of: "wechat a")
    try await fixture.ledger.keep(other, of: "wechat b")
    #expect(try await fixture.ledger.token(of: "wechat a") == first)
    try await fixture.ledger.keep(second, of: "wechat a")
    #expect(try await fixture.ledger.token(of: "wechat a") == second)
    await fixture.ledger.close(now: start)
    let again = try fixture.reopen()
    #expect(try await again.token(of: "wechat a") == second)
    #expect(try await again.token(of: "wechat b") == other)
    await again.close(now: start)
  }
}
