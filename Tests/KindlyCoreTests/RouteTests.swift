import KindlyCore
import Testing

@Suite("Routes")
struct RouteTests {
  private static let names: [ExactText] = ["email", "inbox", "sms", "wechat"]
  private static let now = Instant(seconds: 1_770_000_000)

  private func channels(
    _ route: [String], from position: Int = 0, preferring preference: String? = nil
  ) -> [String] {
    Route(route).turns(from: position, preferring: preference, among: Self.names).map(\.channel)
  }

  @Test("a preferred channel takes its place, once, and only where it is configured")
  func preferred() {
    let route = ["preferred", "sms", "email"]
    #expect(channels(route, preferring: "wechat") == ["wechat", "sms", "email"])
    #expect(channels(route, preferring: " Email ") == ["email", "sms"])
    #expect(channels(route, preferring: "fax") == ["sms", "email"])
    #expect(channels(route) == ["sms", "email"])
    #expect(channels(["email", "preferred"], preferring: "email") == ["email"])
  }

  @Test("goes on behind the channel that a position stands for")
  func positions() throws {
    let route = Route(["inbox", "preferred", "sms", "email"])
    let turns = route.turns(from: 0, preferring: "wechat", among: Self.names)
    #expect(turns.map(\.channel) == ["inbox", "wechat", "sms", "email"])
    for (index, turn) in turns.enumerated() {
      let rest = route.turns(from: turn.position, preferring: "wechat", among: Self.names)
      #expect(rest == Array(turns.dropFirst(index)))
      #expect(route.channel(at: turn.position, among: Self.names) == turn.channel)
    }
    // Which channel it is only the customer's row tells.
    #expect(route.channel(at: 1, among: Self.names) == nil)
    #expect(route.channel(at: 9, among: Self.names) == nil)
    #expect(route.channel(at: 999, among: Self.names) == nil)
  }

  @Test("a channel that a reminder waits for stays its turn when the customer comes to prefer it")
  func awaited() {
    #expect(channels(["preferred", "sms"], from: 1, preferring: "sms") == ["sms"])
    #expect(channels(["preferred", "sms", "email"], from: 1, preferring: "email") == ["sms"])
  }

  @Test("the wait before a turn that the customer does not have is that before the next one")
  func unread() {
    let route = Route(["inbox", "preferred", "sms"], unread: [1: Period(1, .day)])
    func waits(_ preference: String?) -> [Period?] {
      route.turns(from: 0, preferring: preference, among: Self.names).map(\.unread)
    }
    #expect(waits(nil) == [nil, Period(1, .day)])
    #expect(waits("inbox") == [nil, Period(1, .day)])
    #expect(waits("email") == [nil, Period(1, .day), nil])
    #expect(route.turn(after: 0, preferring: nil, among: Self.names)?.unread == Period(1, .day))
  }

  private func turn(hours: Int) -> (RouteTurn, Instant) {
    let key = RowKey(canonical: "[\"1\"]")
    let useUntil = Self.now + .hours(hours)
    return (
      RouteTurn(
        of: ClaimedReminder(
          id: 1, lease: Lease(owner: 1, epoch: 1), publicID: "p", messageID: "m", rule: "r",
          step: "s", leg: 0, key: key, cycle: .insert, trigger: .insert, customer: key, change: nil,
          messageClass: .care, due: Self.now, useUntil: useUntil)), useUntil
    )
  }

  @Test("a channel's turn ends half an hour before the reminder is useless, earlier for short ones")
  func end() {
    let (long, useUntil) = turn(hours: 72)
    #expect(long.end == useUntil - .minutes(30))
    let (short, soon) = turn(hours: 1)
    #expect(short.end == soon - .minutes(15))
  }

  @Test("the first channel that opens in time is taken, else the one that opens first")
  func choose() {
    let (turn, useUntil) = turn(hours: 24)
    func closed(_ until: Instant) -> GateDecision { .wait(.channelDown, until: until) }
    let late = closed(useUntil)
    let soon = closed(Self.now + .minutes(5))
    #expect(turn.choose(among: [.pass, .pass]) == 0)
    #expect(turn.choose(among: [soon, .pass]) == 0)
    #expect(turn.choose(among: [late, .pass]) == 1)
    #expect(turn.choose(among: [late, soon, .pass]) == 1)
    #expect(turn.choose(among: [late, closed(useUntil - .minutes(9)), late]) == 1)
    #expect(turn.choose(among: [late, late]) == 0)
    // What hours close for good is taken only where every channel is closed so.
    let never = GateDecision.never(.sendHours, before: useUntil)
    #expect(turn.choose(among: [never, soon]) == 1)
    #expect(turn.choose(among: [never, late]) == 1)
    #expect(turn.choose(among: [never, .pass]) == 1)
    #expect(turn.choose(among: [never, never]) == 0)
  }

  @Test("reads as it is written")
  func description() {
    #expect(
      Route(["inbox", "sms", "email"], unread: [1: Period(24, .hour)]).description
        == "inbox else after 24 hours unread sms else email")
  }
}
