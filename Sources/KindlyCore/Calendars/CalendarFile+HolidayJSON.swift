extension CalendarFile {
  /// Reads a year's days in the format of the holiday-cn project.
  ///
  /// `{"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}`; other members are passed
  /// over. A holiday at the turn of the year may reach into the December before and the January after. The file is
  /// about its own year all the same, so it does not make those years known.
  package static func holidayJSON(_ bytes: [UInt8]) throws(CalendarFileProblems) -> CalendarFile {
    let text = try checked(bytes)
    var reader = PlacedJSONReader(text)
    let document: PlacedJSON
    do throws(PlacedJSONProblem) {
      document = try reader.document()
    } catch {
      let place = TextPlace(of: error.offset, in: text)
      throw CalendarFileProblems(
        CalendarFileProblem(expected: error.expected, got: error.got, at: place))
    }
    var reading = HolidayReading(text: text)
    return try reading.file(document)
  }
}

/// The reading of one document; it collects problems, so that all of a file's are told at once.
private struct HolidayReading {
  let text: ArraySlice<UInt8>
  private var problems: [CalendarFileProblem] = []
  private var places: TextPlaces

  init(text: ArraySlice<UInt8>) {
    self.text = text
    places = TextPlaces(text)
  }

  mutating func file(_ document: PlacedJSON) throws(CalendarFileProblems) -> CalendarFile {
    let year = year(document)
    let days = days(document, year: year)
    guard let year, problems.isEmpty else {
      throw CalendarFileProblems(Array(problems.prefix(CalendarFile.mostProblems)))
    }
    return CalendarFile(years: [year], days: days)
  }

  private mutating func year(_ document: PlacedJSON) -> Int? {
    guard let value = document.member("year") else {
      report("an object with \"year\" and \"days\"", document, got: missing("year", in: document))
      return nil
    }
    guard case .number(let digits) = value.kind, let year = Int(digits: digits.utf8),
      (1...9999).contains(year)
    else {
      report("a year such as 2026", value)
      return nil
    }
    return year
  }

  private mutating func days(_ document: PlacedJSON, year: Int?) -> [CalendarFile.Day] {
    guard let value = document.member("days") else {
      // Without a year the whole document has been reported.
      if year != nil {
        report("an object with \"year\" and \"days\"", document, got: missing("days", in: document))
      }
      return []
    }
    guard case .array(let days) = value.kind else {
      report("an array of days", value)
      return []
    }
    guard days.count <= CalendarFile.mostDays else {
      report("at most \(CalendarFile.mostDays) days", value, got: "\(days.count)")
      return []
    }
    return days.compactMap { day($0, year: year) }
  }

  private mutating func day(_ value: PlacedJSON, year: Int?) -> CalendarFile.Day? {
    let shape = "a day such as {\"name\": \"元旦\", \"date\": \"2026-01-01\", \"isOffDay\": true}"
    guard let name = value.member("name"), let date = value.member("date"),
      let isOff = value.member("isOffDay")
    else {
      let absent = ["name", "date", "isOffDay"].first { value.member($0) == nil } ?? "name"
      report(shape, value, got: missing(absent, in: value))
      return nil
    }
    guard case .string(let words) = name.kind,
      words.unicodeScalars.count <= CalendarFile.longestName
    else {
      report("a name of at most \(CalendarFile.longestName) characters", name)
      return nil
    }
    guard case .bool(let off) = isOff.kind else {
      report("true or false", isOff)
      return nil
    }
    guard let day = self.date(date, year: year) else { return nil }
    return CalendarFile.Day(
      date: day, name: words, isOff: off, line: places.place(of: value.offset).line)
  }

  private mutating func date(_ value: PlacedJSON, year: Int?) -> CivilDate? {
    guard case .string(let text) = value.kind, let date = CivilDate(hyphenated: text) else {
      report("a date such as \"2026-01-01\"", value)
      return nil
    }
    guard let year else { return nil }
    let isNear =
      date.year == year || date.year == year - 1 && date.month == 12
      || date.year == year + 1 && date.month == 1
    if !isNear {
      report("a date in \(year), or in the month before or after that year", value)
      return nil
    }
    return date
  }

  private func missing(_ name: String, in value: PlacedJSON) -> String {
    if case .object = value.kind { "none with \"\(name)\"" } else { value.words }
  }

  private mutating func report(_ expected: String, _ value: PlacedJSON, got: String? = nil) {
    guard problems.count < CalendarFile.mostProblems else { return }
    let place = places.place(of: value.offset)
    problems.append(
      CalendarFileProblem(expected: expected, got: got ?? value.words, at: place))
  }
}

/// A line and a column of a text, both from 1; the column counts Unicode scalars.
struct TextPlace {
  let line: Int
  let column: Int

  init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  init(of offset: Int, in text: ArraySlice<UInt8>) {
    var places = TextPlaces(text)
    self = places.place(of: offset)
  }
}

/// The places of offsets in a text; asked for rising offsets, it passes over the text once.
struct TextPlaces {
  private let text: ArraySlice<UInt8>
  private var offset: Int
  private var line = 1
  private var column = 1

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    offset = text.startIndex
  }

  mutating func place(of wanted: Int) -> TextPlace {
    if wanted < offset { self = TextPlaces(text) }
    while offset < wanted {
      let byte = text[offset]
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        // A byte that continues a scalar counts nothing.
        column += 1
      }
      offset += 1
    }
    return TextPlace(line: line, column: column)
  }
}
