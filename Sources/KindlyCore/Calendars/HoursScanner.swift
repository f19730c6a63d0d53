/// Why a text does not tell hours: what was expected, what was found, and where.
package struct HoursProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String
  /// Where in the text, in Unicode scalars counted from zero.
  package let offset: Int

  /// What was expected and what was found.
  package var description: String { "expected \(expected), got \(got)" }
}

/// Reads the days and times of day in a text that tells hours, from left to right.
struct HoursScanner {
  let scalars: [Unicode.Scalar]
  var next = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func days() throws(HoursProblem) -> [Weekday] {
    var days: [Weekday] = []
    repeat {
      let first = try weekday()
      guard takeDash() else {
        days.append(first)
        continue
      }
      let last = try weekday()
      let count = (last.rawValue - first.rawValue + 7) % 7
      days += (0...count).compactMap { Weekday(rawValue: (first.rawValue - 1 + $0) % 7 + 1) }
    } while take(",")
    return days
  }

  mutating func weekday() throws(HoursProblem) -> Weekday {
    skipSpace()
    let start = next
    guard let day = Weekday(word()) else {
      next = start
      throw problem("a weekday such as Mon or Monday")
    }
    return day
  }

  /// The letters from here on; none if something else is here.
  mutating func word() -> String {
    let start = next
    while next < scalars.count, scalars[next].properties.isAlphabetic { next += 1 }
    return text(start..<next)
  }

  /// Minutes since midnight.
  mutating func time() throws(HoursProblem) -> Int {
    let start = next
    while next < scalars.count, scalars[next] == ":" || ("0"..."9").contains(scalars[next]) {
      next += 1
    }
    let written = text(start..<next)
    if written.isExactly("24:00") { return 1440 }
    guard let time = TimeOfDay(written) else {
      next = start
      throw problem("a time of day such as 09:00")
    }
    return time.minutes
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next < scalars.count, scalars[next] == sign else { return false }
    next += 1
    return true
  }

  mutating func takeDash() -> Bool { take("-") || take("–") || take("—") }

  mutating func skipSpace() {
    while next < scalars.count, scalars[next].isSpace { next += 1 }
  }

  func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  func problem(_ expected: String) -> HoursProblem {
    guard next < scalars.count else {
      return HoursProblem(expected: expected, got: "the end", offset: next)
    }
    let shown = text(next..<min(next + 20, scalars.count))
    return HoursProblem(expected: expected, got: "`\(shown)`", offset: next)
  }
}
