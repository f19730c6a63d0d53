extension OfficeHours {
  /// Reads `Mon-Fri 09:00-12:00, 13:30-18:00; Sat 10:00-14:00`.
  ///
  /// Days are a weekday, a range of them, which may pass Sunday, or several with commas between. Hyphens and dashes are
  /// the same. A weekday may come once.
  package static func parse(_ text: String) throws(HoursProblem) -> OfficeHours {
    var scanner = HoursScanner(text)
    return try scanner.officeHours()
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
    "\(TimeOfDay.text(ofMinute: from))-\(TimeOfDay.text(ofMinute: to))"
  }
}

extension HoursScanner {
  fileprivate mutating func officeHours() throws(HoursProblem) -> OfficeHours {
    var hours: [Weekday: [OfficeHours.Span]] = [:]
    repeat {
      let start = next
      let days = try days()
      let spans = try spans()
      for day in days {
        guard hours[day] == nil else {
          throw HoursProblem(
            expected: "each weekday once", got: "\(day.abbreviation) again", offset: start)
        }
        hours[day] = spans
      }
    } while take(";")
    skipSpace()
    guard next == scalars.count else { throw problem("a comma, a semicolon or nothing") }
    guard let read = OfficeHours(hours) else {
      throw HoursProblem(
        expected: "stretches that do not overlap", got: "some that do", offset: 0)
    }
    return read
  }

  private mutating func spans() throws(HoursProblem) -> [OfficeHours.Span] {
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
}
