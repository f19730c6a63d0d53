/// Counts what the values of a column look like; of the values only dates with their counts are left in the end.
package struct ColumnTally: Hashable, Sendable {
  package private(set) var rows = 0
  package private(set) var nulls = 0
  /// Texts of nothing or blanks.
  package private(set) var empties = 0
  package private(set) var numbers = 0
  package private(set) var emails = 0
  /// Values that can only be phone numbers: with a plus, or in the form of Chinese mobile numbers.
  package private(set) var phones = 0
  /// Values that may be phone numbers if the column's name says so.
  package private(set) var possiblePhones = 0
  package private(set) var languages = 0
  package private(set) var zones = 0
  /// What is written as a date, unusable values such as 0000-00-00 included.
  package private(set) var writtenDates = 0
  /// Numbers that would be a date of our time: 20260210, or Unix time from 1990 to 2100.
  package private(set) var numericDates = 0
  /// The texts that may be dates with years of two digits.
  package private(set) var shortYears = 0
  /// The values read as dates of the column's kind; filled when counting ends.
  package private(set) var dates = AnchorCensus()
  package private(set) var dateSample = DateSample(zone: .utc)
  package private(set) var misencoded: [Misencoding: Int] = [:]
  /// How many different values there are, NULL aside.
  package private(set) var distinct = 0

  /// How often each value occurred so far; emptied when counting ends.
  private var seen: [Value: Int] = [:]

  package init() {}

  /// Rows with a value.
  package var present: Int { rows - nulls - empties }

  /// Counts the column of one more row.
  package mutating func take(_ value: Value) {
    rows += 1
    seen[value, default: 0] += 1
    switch value {
    case .null:
      nulls += 1
      return
    case .integer, .real: takeNumber(value)
    case .text(let text):
      let trimmed = text.trimmed
      guard !trimmed.isEmpty else {
        empties += 1
        return
      }
      takeText(trimmed)
    case .blob: break
    }
    if seen[value] == 1 { distinct += 1 }
  }

  /// Counts the dates, now that it is known how the column writes them, and lets go of the values.
  package mutating func finish() {
    for (value, count) in seen { dateSample.take(value, count: count) }
    for (value, count) in seen { dates.take(value, as: dateSample.kind, count: count) }
    seen = [:]
  }

  private mutating func takeNumber(_ value: Value) {
    numbers += 1
    if ValueShape.isNumericDate(value) { numericDates += 1 }
    if ValueShape.isMobileInChina(value.text) { phones += 1 }
    if ValueShape.mayBePhone(value.text) { possiblePhones += 1 }
  }

  private mutating func takeText(_ text: String) {
    if let kind = Misencoding(of: text) { misencoded[kind, default: 0] += 1 }
    if ValueShape.isWrittenDate(text) {
      writtenDates += 1
      return
    }
    if ValueShape.isNumericDate(.text(text)) { numericDates += 1 }
    if ValueShape.mayBeShortYear(text) { shortYears += 1 }
    if ValueShape.isEmail(text) { emails += 1 }
    if ValueShape.isPhone(text) { phones += 1 }
    if ValueShape.mayBePhone(text) { possiblePhones += 1 }
    if ValueShape.isLanguage(text) { languages += 1 }
    if ValueShape.isZone(text) { zones += 1 }
  }
}
