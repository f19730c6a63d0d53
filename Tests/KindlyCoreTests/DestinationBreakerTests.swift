import KindlyCore
import Testing

/// What a channel's breaker does when one mail domain behind it turns everyone away.
@Suite("The breaker of a destination")
struct DestinationBreakerTests {
  private static let start = Instant(seconds: 1_770_000_000)
  private static let busy = Outcome.retry(Refusal("450 4.7.1 too many messages"))
  private static let unknownUser = Outcome.rejected(
    Refusal("550 5.1.1 unknown", suppressesAddress: true, isRepeatable: true))
  private static let sent = Outcome.sent(evidence: "250 ok")
  private static let one: ExactText = "one.example"
  private static let two: ExactText = "two.example"

  /// What each outcome opens, one after the other; recipients of a name are at the domain behind the @.
  private func openings(
    _ outcomes: [(Outcome, String)], of breaker: inout Breaker, at now: Instant = start
  ) -> [Breaker.Opening] {
    outcomes.map { outcome, recipient in
      let domain = recipient.split(separator: "@").last.map { ExactText(String($0)) }
      return breaker.note(outcome, to: recipient, at: domain, began: now, now: now)
    }
  }

  @Test("five recipients of one domain in a row close that domain, and the others stay open")
  func oneDomain() {
    var breaker = Breaker()
    let opened = openings((1...5).map { (Self.busy, "\($0)@one.example") }, of: &breaker)
    #expect(opened == [.nothing, .nothing, .nothing, .nothing, .destination])
    #expect(breaker.downUntil(at: Self.start) == nil)
    #expect(breaker.downUntil(Self.one, at: Self.start) == Self.start + .minutes(1))
    #expect(breaker.downUntil(Self.two, at: Self.start) == nil)
  }

  @Test("acceptance elsewhere in between does not keep a broken domain open")
  func others() {
    var breaker = Breaker()
    let outcomes = (1...5).flatMap {
      [(Self.busy, "\($0)@one.example"), (Self.sent, "\($0)@two.example")]
    }
    #expect(openings(outcomes, of: &breaker).filter { $0 != .nothing } == [.destination])
    #expect(breaker.downUntil(Self.one, at: Self.start) != nil)
  }

  @Test("a closed domain counts as one refusal towards the channel's own five")
  func channel() {
    var breaker = Breaker()
    _ = openings((1...9).map { (Self.busy, "\($0)@one.example") }, of: &breaker)
    let more = openings((1...4).map { (Self.unknownUser, "a@d\($0).example") }, of: &breaker)
    #expect(more == [.nothing, .nothing, .nothing, .channel])
  }

  @Test("the domain's acceptance closes its breaker, and each opening before it lasts longer")
  func closes() {
    var breaker = Breaker()
    var now = Self.start
    for (index, minutes) in [1, 2, 4].enumerated() {
      let recipients = (0..<5).map { "\(index)-\($0)@one.example" }
      let opened = openings(recipients.map { (Self.busy, $0) }, of: &breaker, at: now)
      #expect(opened.contains(.destination))
      #expect(breaker.downUntil(Self.one, at: now) == now + .minutes(minutes))
      now = now + .minutes(minutes)
    }
    _ = openings([(Self.sent, "9@one.example")], of: &breaker, at: now)
    let again = openings((1...5).map { (Self.busy, "b\($0)@one.example") }, of: &breaker, at: now)
    #expect(again.last == .destination)
    #expect(breaker.downUntil(Self.one, at: now) == now + Circuit.firstOpening)
  }

  @Test("a domain that refuses several recipients is only believed once it has accepted one")
  func doubt() {
    var breaker = Breaker()
    _ = openings(
      [
        (Self.unknownUser, "1@one.example"), (Self.sent, "1@two.example"),
      ], of: &breaker)
    // A single refused recipient: what another domain accepts shows that the channel works.
    #expect(breaker.lastAccepted(speakingFor: Self.one) == Self.start)
    _ = openings([(Self.unknownUser, "2@one.example")], of: &breaker)
    #expect(breaker.lastAccepted(speakingFor: Self.one) == nil)
    let later = Self.start + .seconds(9)
    _ = openings([(Self.sent, "3@one.example")], of: &breaker, at: later)
    #expect(breaker.lastAccepted(speakingFor: Self.one) == later)
  }

  @Test("a mail address is at its domain in any spelling; a phone number is nowhere")
  func destinations() {
    #expect(AddressKind.email.destination(of: "A@Example.COM") == "example.com")
    #expect(
      AddressKind.email.destination(of: "a@b\u{FC}cher.example")
        == AddressKind.email.destination(of: "b@xn--bcher-kva.example"))
    #expect(AddressKind.phone.destination(of: "+8613800138000") == nil)
  }
}
