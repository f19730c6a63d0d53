import KindlyCore
import Testing

@Suite("What a rule usually sends")
struct RuleActivityTests {
  @Test(
    "is the median of the last 8 days on which it sent anything",
    arguments: [
      ([], nil),
      ([7], UsualDay([7])),
      ([20, 0, 0, 20, 22, 18], UsualDay([18, 20, 20, 22])),
      // A mass change on one day makes no other day unusual.
      ([20, 21, 5000, 19, 20], UsualDay([20])?.over(5)),
      // Only the last eight count.
      ([100, 100, 100, 1, 1, 1, 1, 1, 1, 1, 1], UsualDay([1])?.over(8)),
      ([3, 4], UsualDay([4])?.over(2)),
    ] as [([Int], UsualDay?)])
  func median(_ counts: [Int], usual: UsualDay?) throws {
    let start = try #require(CivilDate(year: 2026, month: 2, day: 2))
    let days = counts.enumerated().map { (start.adding(days: $0), $1) }
    #expect(RuleActivity(Dictionary(uniqueKeysWithValues: days)).usual == usual)
  }
}

extension UsualDay {
  /// The same count as the usual one of so many days.
  fileprivate func over(_ days: Int) -> UsualDay? {
    UsualDay(Array(repeating: count, count: days))
  }
}
