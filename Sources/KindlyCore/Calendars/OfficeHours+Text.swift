/// Why a text does not tell office hours: what was expected, what was found, and where.
package struct OfficeHoursProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String
  /// Where in the text, in Unicode scalars counted from zero.
  package let offset: Int

  /// What was expected and what was found.
  package var description: String { "expected \(expected), got \(got)" }
}

extension OfficeHours {
  /// Reads `Mon-Fri 09:00-12:00, 13:30-18:00; Sat 10:00-14:00`.
  ///
  /// Days are a weekday, a range of them, which may pass Sunday, or several with commas between. Hyphens and dashes are
  /// the same. A weekday may come once.
  package static func parse(_ text: String) throws(OfficeHoursProblem) -> OfficeHours {
    var reading = OfficeHoursReading(text)
    return try reading.hours()
  }

  /// The hours as configuration writes them, each weekday by itself where its hours are not those of the day before.
  package var text: String {
    var parts: [(first: Weekday, last: Weekday, spans: [Span])] = []
    for day in Weekday.allCases {
      guard let spans = spans(of: day) else { continue }
      if let last = parts.last, last.spans == spans, last.last.rawValue == day.rawValue - 1 {
        parts[parts.count - 1].last = day
      } else {
        parts.append((day, day, spans))
      }
    }
    return parts.map { first, last, spans in
      let days =
        first == last ? first.abbreviation : "\(first.abbreviation)-\(last.abbreviation)"
      return "\(days) \(spans.map(\.description).joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}

extension OfficeHours.Span: CustomStringConvertible {
  /// The stretch as `09:00-12:00`.
  package var description: String {
    let time = { (minute: Int) in "\(padded(minute / 60, to: 2)):\(padded(minute % 60, to: 2))" }
    return "\(time(from))-\(time(to))"
  }
}

/// The parts of a text that tells office hours, read from left to right.
private struct OfficeHoursReading {
  private let scalars: [Unicode.Scalar]
  private var next = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func hours() throws(OfficeHoursProblem) -> OfficeHours {
    var hours: [Weekday: [OfficeHours.Span]] = [:]
    repeat {
      let start = next
      let days = try days()
      let spans = try spans()
      for day in days {
        guard hours[day] == nil else {
          throw OfficeHoursProblem(
            expected: "each weekday once", got: "\(day.abbreviation) again", offset: start)
        }
        hours[day] = spans
      }
    } while take(";")
    skipSpace()
    guard next == scalars.count else { throw problem("a comma, a semicolon or nothing") }
    guard let read = OfficeHours(hours) else {
      throw OfficeHoursProblem(
        expected: "stretches that do not overlap", got: "some that do", offset: 0)
    }
    return read
  }

  private mutating func days() throws(OfficeHoursProblem) -> [Weekday] {
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

  private mutating func weekday() throws(OfficeHoursProblem) -> Weekday {
    skipSpace()
    let start = next
    while next < scalars.count, scalars[next].properties.isAlphabetic { next += 1 }
    guard let day = Weekday(text(start..<next)) else {
      next = start
      throw problem("a weekday such as Mon or Monday")
    }
    return day
  }

  private mutating func spans() throws(OfficeHoursProblem) -> [OfficeHours.Span] {
    var spans: [OfficeHours.Span] = []
    repeat {
      skipSpace()
      let start = next
      let from = try time()
      guard takeDash() else { throw problem("- and a later time") }
      skipSpace()
      let end = next
      let to = try time()
      guard let span = OfficeHours.Span(from: from, to: to) else {
        next = end
        throw problem(
          "a time later than \(text(start..<min(start + 5, end)).trimmed), 24:00 at most")
      }
      if let last = spans.last, last.to > span.from {
        next = start
        throw problem("a stretch that begins after \(last) ends")
      }
      spans.append(span)
    } while take(",")
    return spans
  }

  /// Minutes since midnight.
  private mutating func time() throws(OfficeHoursProblem) -> Int {
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

  // MARK: Scanning

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next < scalars.count, scalars[next] == sign else { return false }
    next += 1
    return true
  }

  private mutating func takeDash() -> Bool { take("-") || take("–") || take("—") }

  private mutating func skipSpace() {
    while next < scalars.count, scalars[next].isSpace { next += 1 }
  }

  private func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  private func problem(_ expected: String) -> OfficeHoursProblem {
    guard next < scalars.count else {
      return OfficeHoursProblem(expected: expected, got: "the end", offset: next)
    }
    let shown = text(next..<min(next + 20, scalars.count))
    return OfficeHoursProblem(expected: expected, got: "`\(shown)`", offset: next)
  }
}
