/// Why a text is not a recurrence rule: in which part, what was expected, what was found, and where.
package struct RecurrenceProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The part's name, `BYDAY`; nil where the problem is the rule as a whole.
  package let part: String?
  package let expected: String
  package let got: String
  /// Where in the text, in Unicode scalars counted from zero.
  package let offset: Int

  /// `BYDAY: expected a weekday such as MO or 2TU, got `XX``.
  package var description: String {
    "\(part.map { "\($0): " } ?? "")expected \(expected), got \(got)"
  }
}

extension RecurrenceRule {
  /// Reads the value of an `RRULE`, with or without that name and a colon in front.
  ///
  /// Refused are `BYSECOND`, `BYMINUTE`, `BYHOUR` and frequencies below a day, an `UNTIL` with a time, other calendars than the
  /// Gregorian and the Chinese one, and what RFC 5545 forbids to combine.
  package static func parse(_ text: String) throws(RecurrenceProblem) -> RecurrenceRule {
    var reading = RecurrenceReading()
    for part in try RecurrencePart.parts(of: text) { try reading.take(part) }
    return try reading.rule()
  }
}

/// One `NAME=VALUE` of a rule.
struct RecurrencePart {
  /// In upper case.
  let name: String
  let value: RecurrenceItem
  let offset: Int

  /// The parts of a rule, in order.
  static func parts(of text: String) throws(RecurrenceProblem) -> [RecurrencePart] {
    var scalars = Array(text.unicodeScalars)
    guard scalars.count <= RecurrenceRule.longestText else {
      throw RecurrenceProblem(
        part: nil, expected: "at most \(RecurrenceRule.longestText) characters",
        got: "\(scalars.count)", offset: RecurrenceRule.longestText)
    }
    while scalars.last?.isSpace == true { scalars.removeLast() }
    var start = scalars.prefix(while: \.isSpace).count
    let prefix = "RRULE:"
    let head = RecurrenceItem(scalars: scalars[start...].prefix(prefix.utf8.count)).text
    if head.uppercased().isExactly(prefix) { start += prefix.utf8.count }
    var parts: [RecurrencePart] = []
    for part in RecurrenceItem(scalars: scalars[start...]).split(by: ";") {
      guard let equals = part.scalars.firstIndex(of: "=") else {
        throw RecurrenceProblem(
          part: nil, expected: "a part such as FREQ=YEARLY", got: part.shown, offset: part.offset)
      }
      let name = RecurrenceItem(scalars: part.scalars[..<equals]).text.uppercased()
      let value = RecurrenceItem(scalars: part.scalars[(equals + 1)...])
      if parts.contains(where: { $0.name.isExactly(name) }) {
        throw RecurrenceProblem(
          part: name, expected: "each part once", got: "another", offset: part.offset)
      }
      parts.append(RecurrencePart(name: name, value: value, offset: part.offset))
    }
    return parts
  }

  func problem(_ expected: String, _ item: RecurrenceItem) -> RecurrenceProblem {
    RecurrenceProblem(part: name, expected: expected, got: item.shown, offset: item.offset)
  }
}

/// A stretch of a rule's text.
struct RecurrenceItem {
  let scalars: ArraySlice<Unicode.Scalar>

  var offset: Int { scalars.startIndex }

  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The stretch as a message shows it.
  var shown: String {
    scalars.isEmpty ? "nothing" : "`\(CalendarFile.shown(text))`"
  }

  /// The stretches between a separator; an empty one stays.
  func split(by separator: Unicode.Scalar) -> [RecurrenceItem] {
    scalars.split(separator: separator, omittingEmptySubsequences: false).map {
      RecurrenceItem(scalars: $0)
    }
  }

  /// A whole number with an optional sign.
  var number: Int? {
    let isSigned = scalars.first == "-" || scalars.first == "+"
    let digits = isSigned ? scalars.dropFirst() : scalars
    guard digits.allSatisfy(\.isASCII),
      let value = Int(digits: digits.map { UInt8(ascii: $0) })
    else { return nil }
    return scalars.first == "-" ? -value : value
  }
}
