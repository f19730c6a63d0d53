import KindlyCore
import Testing

@Suite("A fuse")
struct FuseTests {
  private static let zone = Zone.named("Asia/Shanghai") ?? .utc

  @Test(
    "allows what the configuration says, else ten times the usual, and never less than 100",
    arguments: [
      (Fuse(usual: nil, declared: nil), Fuse(most: 100, basis: .noHistory)),
      (Fuse(usual: UsualDay([3]), declared: nil), Fuse(most: 100, basis: .usual(3))),
      (Fuse(usual: UsualDay([20, 22]), declared: nil), Fuse(most: 210, basis: .usual(21))),
      // Neither last year's festival nor what is usual tells how many are right.
      (
        Fuse(usual: UsualDay([5000]), declared: nil, isOccasion: true),
        Fuse(most: 100, basis: .occasion)
      ),
      (
        Fuse(usual: UsualDay([5000]), declared: nil, isOccasion: true, isCatchUp: true),
        Fuse(most: 100, basis: .catchUp)
      ),
      // A configured number applies on every day, above and below 100.
      (
        Fuse(usual: UsualDay([1]), declared: 8000, isOccasion: true, isCatchUp: true),
        Fuse(most: 8000, basis: .declared)
      ),
      (Fuse(usual: UsualDay([5000]), declared: 5), Fuse(most: 5, basis: .declared)),
    ])
  func limits(_ fuse: Fuse, expected: Fuse) {
    #expect(fuse == expected)
    #expect(!fuse.isBlown(by: fuse.most))
    #expect(fuse.isBlown(by: fuse.most + 1))
  }

  @Test("says why a day is held")
  func words() {
    let blown = BlownFuse(
      day: "2026-02-10", letters: 5003, fuse: Fuse(usual: UsualDay([20]), declared: nil))
    #expect(
      blown.sentence(rule: "trial") == """
        rule trial: its 5003 reminders of 2026-02-10 are held, because it usually sends 20 on a day; run \
        `kindly release trial` to send them (with `--first 20` to begin with a few), or `kindly drop trial` to cancel \
        them
        """)
  }

  @Test("belongs to a day of the company, and what is overdue to today")
  func days() throws {
    let date = try #require(CivilDate(year: 2026, month: 2, day: 10))
    let day = CompanyDay(date, in: Self.zone)
    let (morning, next) = (day.begins + .hours(9), day.ends + .hours(9))
    #expect(day.ends - day.begins == .days(1))
    #expect(day.covers(due: morning, now: morning))
    #expect(day.covers(due: day.begins - .days(2), now: morning))
    #expect(!day.covers(due: next, now: morning))
    #expect(!day.covers(due: morning, now: next))
    #expect(CompanyDay.date(ofDue: day.begins - .days(2), in: Self.zone, now: morning) == day.date)
    #expect(
      CompanyDay(CompanyDay.date(ofDue: next, in: Self.zone, now: morning), in: Self.zone).begins
        == day.ends)
  }

  enum Case: String, CaseIterable, Sendable {
    case plain, checked, gathered, quiet, gatheredBefore, paused
    case held, released, tried, resent, followUp, otherDay

    /// Why it waited until now.
    var reason: Reason? {
      switch self {
      case .checked: .fuse
      case .gathered, .gatheredBefore: .digest
      case .quiet: .quietHours
      case .paused: .paused
      case .plain, .held, .released, .tried, .resent, .followUp, .otherDay: nil
      }
    }
  }

  @Test(
    "holds what was never tried and what no person meant",
    arguments: [
      (.plain, [.suspect, .blown]), (.checked, [.blown]), (.gathered, [.blown]),
      (.quiet, [.blown]),
      // These have not been checked since the fuse became suspect.
      (.gatheredBefore, [.suspect, .blown]), (.paused, [.suspect, .blown]),
      (.held, [.suspect, .blown, .settled]), (.released, []), (.tried, []), (.resent, []),
      (.followUp, []), (.otherDay, []),
    ] as [(Case, Set<FuseStanding.State>)])
  func holds(_ one: Case, in states: Set<FuseStanding.State>) throws {
    let date = try #require(CivilDate(year: 2026, month: 2, day: 10))
    let day = CompanyDay(date, in: Self.zone)
    let now = one == .otherDay ? day.ends : day.begins + .hours(9)
    let reminder = ClaimedReminder(
      id: 1, lease: Lease(owner: 1, epoch: 1), publicID: "p", messageID: "m", rule: "trial",
      step: "only", leg: one == .followUp ? FollowUp.legDistance : 0, key: RowKey(canonical: "[1]"),
      cycle: .insert, trigger: one == .resent ? .person : .insert, customer: nil, change: nil,
      messageClass: .care, due: now, useUntil: now + .days(1), attempts: one == .tried ? 1 : 0,
      waitReason: one.reason,
      waitingSince: one.reason.map { _ in one == .gatheredBefore ? now - .hours(1) : now },
      fuse: one == .held ? .held : one == .released ? .released : .none)
    for state in FuseStanding.State.allCases {
      let standing = FuseStanding(
        rule: "trial", day: day, state: state, since: now, fuse: Fuse(most: 1, basis: .noHistory),
        letters: 2)
      #expect(
        FuseStandings([standing]).holds(reminder, now: now) == states.contains(state), "\(state)")
    }
    #expect(FuseStandings().holds(reminder, now: now) == (one == .held))
  }

  @Test(
    "counts single days of the calendar as occasions, and regular ones not",
    arguments: [
      ("on 2026-12-05", true), ("on 12-25", true), ("2 days before 12-25", true),
      ("on festival Christmas", true), ("every Monday", false), ("every month on day 1", false),
      ("on ends_on", false), ("every year on born", false),
    ])
  func occasions(_ text: String, isOccasion: Bool) throws {
    let when = try When.parse(text)
    #expect(when.schedule?.isOccasion == isOccasion)
  }
}
