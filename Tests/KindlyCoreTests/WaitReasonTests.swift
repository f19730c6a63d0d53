import KindlyCore
import Testing

@Suite("The reason to wait")
struct WaitReasonTests {
  private static let now = Instant(seconds: 1_770_687_000)  // 2026-02-10T01:30:00Z

  private func reminder(
    due: Instant = now, attempts: Int = 0, uncertainties: Int = 0, cycle: Cycle = .insert,
    trigger: Trigger = .insert, useUntil: Duration = .days(3), applied: Bool = true
  ) -> ClaimedReminder {
    let key = RowKey(canonical: "[\"1\"]")
    return ClaimedReminder(
      id: 1, lease: Lease(owner: 1, epoch: 1), publicID: "p1", messageID: "p1@example.com",
      rule: "rule", step: "step", leg: 0, key: key, cycle: cycle, trigger: trigger, customer: key,
      change: nil, messageClass: .care, due: due, useUntil: WaitReasonTests.now + useUntil,
      attempts: attempts, uncertainties: uncertainties, applied: applied)
  }

  private func decide(
    _ outcome: Outcome, _ reminder: ClaimedReminder, channels: Int,
    afterUnknown: ChannelTraits.AfterUnknown = .resendOnce
  ) -> Disposition {
    Disposition.decide(
      Disposition.Question(
        outcome: outcome,
        traits: ChannelTraits(rings: false, afterUnknown: afterUnknown, address: .email),
        reminder: reminder, routePosition: 0, nextPosition: channels > 1 ? 1 : nil,
        now: WaitReasonTests.now,
        began: WaitReasonTests.now, policy: .standard))
  }

  @Test("is `next channel` after a permanent refusal; without a next channel the reminder fails")
  func nextChannel() {
    let refused = Outcome.rejected(Refusal("no such user"))
    #expect(
      decide(refused, reminder(), channels: 2)
        == .wait(.nextChannel, until: WaitReasonTests.now, routePosition: 1))
    #expect(decide(refused, reminder(), channels: 1) == .end(.rejected))
    // What may have arrived stays with its channel.
    #expect(decide(refused, reminder(uncertainties: 1), channels: 2) == .end(.unresolved))
  }

  @Test(
    "ends as `unresolved` if an earlier hand-over may have arrived, unless the channel was asked")
  func unresolved() {
    let late = reminder(due: WaitReasonTests.now, uncertainties: 1, useUntil: .seconds(1))
    let worn = reminder(attempts: RetryPolicy.standard.mostAttempts, uncertainties: 1)
    let busy = Outcome.retry(Refusal("busy"))
    for (outcome, one, reason) in [
      (Outcome.rejected(Refusal("no such user")), late, Reason.rejected),
      (busy, late, .uselessByNow), (busy, worn, .rejected),
    ] {
      for afterUnknown in [ChannelTraits.AfterUnknown.tryAgain, .resendOnce, .waitForPerson] {
        #expect(
          decide(outcome, one, channels: 2, afterUnknown: afterUnknown) == .end(.unresolved))
      }
      // It had not taken the earlier one, and does not take this one.
      #expect(decide(outcome, one, channels: 2, afterUnknown: .ask) == .end(reason))
    }
  }

  @Test("ends the channel's turn once waiting for it would leave the next one no time")
  func turnIsOver() {
    let wrong = Outcome.misconfigured(Refusal("535", isChannelWide: true))
    let asked = Outcome.retry(Refusal("503", retryAfter: .days(3), isChannelWide: true))
    for outcome in [asked, .misconfigured(Refusal("535"))] {
      let isLong = outcome == asked
      let next = decide(outcome, reminder(due: WaitReasonTests.now), channels: 2)
      #expect(
        (next == .wait(.nextChannel, until: WaitReasonTests.now, routePosition: 1)) == isLong)
    }
    // Due three days ago and useless in five minutes: the rest of its time is the next channel's.
    let late = reminder(due: WaitReasonTests.now - .days(3), useUntil: .minutes(5))
    #expect(
      decide(wrong, late, channels: 2)
        == .wait(.nextChannel, until: WaitReasonTests.now, routePosition: 1))
    guard case .wait(.channelMisconfigured, _, 0) = decide(wrong, late, channels: 1) else {
      Issue.record("the last channel's turn ended")
      return
    }
  }

  @Test("is a retry only where the channel asked for one")
  func retry() {
    for (refusal, reason) in [
      (Refusal("busy"), Reason.retry), (Refusal("down", isChannelWide: true), .channelDown),
    ] {
      guard case .wait(let given, let until, 0) = decide(.retry(refusal), reminder(), channels: 2)
      else {
        Issue.record("no wait")
        continue
      }
      #expect(given == reason)
      #expect(until > WaitReasonTests.now)
    }
    let last = reminder(attempts: RetryPolicy.standard.mostAttempts)
    #expect(
      decide(.retry(Refusal("busy")), last, channels: 2)
        == .wait(.nextChannel, until: WaitReasonTests.now, routePosition: 1))
  }

  @Test("is `due later` if the row's date is the same but its moment is later")
  func dueLater() throws {
    let nine = try #require(TimeOfDay("09:00"))
    let context = MomentContext(zone: .utc, sourceZone: .utc, defaultTime: nine)
    let step = Step(
      name: "step", when: try When.parse("on ends_on"), legs: Leg.all([Route(["email"])]),
      template: "t")
    let recheck = Recheck(
      now: WaitReasonTests.now, step: step, context: context, dates: DateKinds())
    let row = RowAnswer(
      key: RowKey(canonical: "[\"1\"]"), values: ["ends_on": .text("2026-02-10")], holds: true,
      customer: nil)
    let dated = reminder(
      due: WaitReasonTests.now, cycle: .anchor("2026-02-10", number: nil), trigger: .moment)
    let later = WaitReasonTests.now + .minutes(450)  // 2026-02-10T09:00:00Z
    #expect(recheck.verdict(on: dated, answer: row) == .wait(.dueLater, until: later))
    let brief = reminder(
      due: WaitReasonTests.now, cycle: .anchor("2026-02-10", number: nil), trigger: .moment,
      useUntil: .minutes(450))
    #expect(recheck.verdict(on: brief, answer: row) == .end(.dateMoved), "it cannot wait so long")
  }

  @Test(
    "is left to planning if the rule looks back, which knows how long the edited moment is of use",
    arguments: [true, false])
  func lookingBack(_ looksBack: Bool) throws {
    let nine = try #require(TimeOfDay("09:00"))
    let step = Step(
      name: "step", when: try When.parse("on ends_on"), legs: Leg.all([Route(["email"])]),
      template: "t")
    let recheck = Recheck(
      now: WaitReasonTests.now, step: step,
      context: MomentContext(zone: .utc, sourceZone: .utc, defaultTime: nine), dates: DateKinds(),
      looksBack: looksBack)
    let row = RowAnswer(
      key: RowKey(canonical: "[\"1\"]"), values: ["ends_on": .text("2026-01-20")], holds: true,
      customer: nil)
    let dated = reminder(
      due: WaitReasonTests.now - .days(21), cycle: .anchor("2026-01-20", number: nil),
      trigger: .moment)
    #expect(
      recheck.verdict(on: dated, answer: row) == .end(looksBack ? .dateMoved : .tooLate))
  }

  @Test(
    "is `row missing` until the condition has held, and afterwards only if `recheck` reads the row",
    arguments: RecheckScope.allCases)
  func untilHeld(_ scope: RecheckScope) throws {
    let step = Step(
      name: "step", when: try When.parse("insert"), conditions: ["status = 'vip'"],
      legs: Leg.all([Route(["email"])]), template: "t", recheck: scope)
    let recheck = Recheck(now: WaitReasonTests.now, step: step, context: nil, dates: DateKinds())
    let row = RowAnswer(
      key: RowKey(canonical: "[\"1\"]"), values: [:], holds: false, customer: nil)
    let missing = RecheckVerdict.wait(.rowMissing, until: WaitReasonTests.now + .minutes(1))
    #expect(recheck.verdict(on: reminder(applied: false), answer: row) == .end(.condition))
    #expect(recheck.verdict(on: reminder(applied: false), answer: nil) == missing)
    let fails: RecheckVerdict = scope == .condition ? .end(.condition) : .good
    #expect(recheck.verdict(on: reminder(), answer: row) == fails)
    let absent: RecheckVerdict = scope == .nothing ? .good : missing
    #expect(recheck.verdict(on: reminder(), answer: nil) == absent)
    // What a person sends again is never asked.
    let again = reminder(trigger: .person, applied: false)
    #expect(recheck.verdict(on: again, answer: row) == .good)
  }

  @Test(
    "is none for a moved date with `recheck: nothing`, whether or not the condition is still asked",
    arguments: [true, false])
  func movedUnread(_ applied: Bool) throws {
    let step = Step(
      name: "step", when: try When.parse("on ends_on"), conditions: ["status = 'vip'"],
      legs: Leg.all([Route(["email"])]), template: "t", recheck: .nothing)
    let nine = try #require(TimeOfDay("09:00"))
    let recheck = Recheck(
      now: WaitReasonTests.now, step: step,
      context: MomentContext(zone: .utc, sourceZone: .utc, defaultTime: nine), dates: DateKinds())
    let row = RowAnswer(
      key: RowKey(canonical: "[\"1\"]"), values: ["ends_on": .text("2026-04-01")], holds: true,
      customer: nil)
    let dated = reminder(
      cycle: .anchor("2026-02-10", number: nil), trigger: .moment, applied: applied)
    #expect(recheck.verdict(on: dated, answer: row) == .good)
  }

  @Test("belongs to a state in which no other reason has its words", arguments: Reason.allCases)
  func words(_ reason: Reason) {
    let same = Reason.allCases.filter { $0.state == reason.state && $0.words == reason.words }
    #expect(same == [reason])
  }

  @Test("`byData` lists the cancellations that data or rules can revive")
  func byData() {
    #expect(Set(Reason.byData) == [.condition, .rowGone, .rowIsBack, .dateMoved, .ruleAbsent])
  }
}
