/// How many messages of a rule were sent on each day of the company's calendar.
package struct RuleActivity: Hashable, Sendable {
  /// The days before today on which something was sent, by day number.
  private let sent: [Int: Int]
  /// What has been sent today so far.
  package let today: Int

  package init(_ sent: [CivilDate: Int] = [:], today: Int = 0) {
    self.sent = Dictionary(
      uniqueKeysWithValues: sent.filter { $0.value > 0 }.map { ($0.key.dayNumber, $0.value) })
    self.today = today
  }

  /// What was sent on a day before today.
  package subscript(date: CivilDate) -> Int { sent[date.dayNumber] ?? 0 }

  /// The first day before today on which something was sent; nil if there is none.
  package var first: CivilDate? { sent.keys.min().map(CivilDate.init(dayNumber:)) }

  /// The last day before today on which something was sent; nil if there is none.
  package var last: CivilDate? { sent.keys.max().map(CivilDate.init(dayNumber:)) }

  /// What the rule usually sends on a day on which it sends anything; nil before its first such day has ended.
  package var usual: UsualDay? {
    UsualDay(sent.sorted { $0.key > $1.key }.prefix(UsualDay.mostDays).map(\.value))
  }
}

/// The usual number of a day: the median of the last days on which there was anything at all.
///
/// The median ignores a single day out of the ordinary, such as that of a mass change; quiet days do not lower it.
package struct UsualDay: Hashable, Sendable {
  /// The median, rounded to the nearest whole number.
  package let count: Int
  /// The number of days it was computed from; with few of them it says little.
  package let days: Int

  /// Eight days cover a week of a daily rule, and two months of a weekly one.
  package static let mostDays = 8

  /// Nil if no day is given.
  package init?(_ counts: [Int]) {
    guard let median = counts.median else { return nil }
    (count, days) = (median, counts.count)
  }
}

extension [Int] {
  /// The median, rounded to the nearest whole number, halves up; nil if the array is empty.
  package var median: Int? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2] + 1) / 2
  }
}
