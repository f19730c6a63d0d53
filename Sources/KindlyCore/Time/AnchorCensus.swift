/// What a date column holds, counted.
package struct AnchorCensus: Hashable, Sendable {
  package private(set) var readable = 0
  package private(set) var unusable: [Anchor.Unusable: Int] = [:]
  /// How many rows have each date.
  package private(set) var days: [CivilDate: Int] = [:]

  package init() {}

  /// Counts a value that stands in so many rows.
  package mutating func take(_ value: Value, as kind: DateKind, count: Int = 1) {
    do throws(Anchor.Unusable) {
      let anchor = try Anchor(value, as: kind)
      readable += count
      if let date = anchor.writtenDate { days[date, default: 0] += count }
    } catch {
      unusable[error, default: 0] += count
    }
  }

  /// Counts a value of a column that a schedule reads.
  package mutating func take(_ value: Value, as use: ColumnUse, count: Int = 1) {
    switch use {
    case .date(let kind): take(value, as: kind, count: count)
    case .days:
      do throws(Anchor.Unusable) {
        _ = try Schedule.days(value)
        readable += count
      } catch {
        unusable[error, default: 0] += count
      }
    }
  }

  /// How many values were counted.
  package var values: Int { unusable.values.reduce(readable, +) }

  package var first: CivilDate? { days.keys.min() }
  package var last: CivilDate? { days.keys.max() }

  // MARK: Heaps

  /// A date that suspiciously many rows share.
  package struct Heap: Hashable, Sendable {
    /// `1985-01-01`, or `1 January of several years`.
    package let date: String
    package let rows: Int
  }

  /// What so many rows share is no coincidence: over 20, and over 5 % of all that have a date.
  private func isHeap(_ rows: Int) -> Bool { rows > 20 && rows * 20 > readable }

  /// The dates that too many people would have been born on, the most frequent first.
  ///
  /// Where only a year of birth is known, people often write its first day, so a day of the year counts as well.
  package var birthdayHeaps: [Heap] {
    let dates = days.filter { isHeap($0.value) }
    var rest: [DayOfYear: Int] = [:]
    for (date, rows) in days where dates[date] == nil {
      rest[DayOfYear(month: date.month, day: date.day), default: 0] += rows
    }
    let heaps =
      dates.map { Heap(date: $0.key.description, rows: $0.value) }
      + rest.filter { isHeap($0.value) }.map { Heap(date: $0.key.words, rows: $0.value) }
    return heaps.sorted { ($1.rows, $0.date) < ($0.rows, $1.date) }
  }

  private struct DayOfYear: Hashable {
    let month: Int
    let day: Int

    var words: String { "\(padded(month, to: 2))-\(padded(day, to: 2)) of several years" }
  }
}

extension [Anchor.Unusable: Int] {
  /// How many values of each kind there are, in a fixed order: `3 × not a date`.
  package var counts: [String] {
    sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) × \($0.key.rawValue)" }
  }
}
