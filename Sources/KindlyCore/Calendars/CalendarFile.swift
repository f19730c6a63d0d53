/// The days off and make-up workdays that one file of working days lists.
package struct CalendarFile: Hashable, Sendable {
  /// One listed day.
  package struct Day: Hashable, Sendable {
    package let date: CivilDate
    /// What people call the day: `春节`.
    package let name: String
    /// Whether it is a day off; if not, people work although it may be a weekend.
    package let isOff: Bool
    /// Where the file lists it, from 1.
    package let line: Int

    package init(date: CivilDate, name: String, isOff: Bool, line: Int) {
      self.date = date
      self.name = name
      self.isOff = isOff
      self.line = line
    }
  }

  /// The years whose days off the file lists, whole.
  package let years: Set<Int>
  /// In the order of the file.
  package let days: [Day]

  package init(years: Set<Int>, days: [Day]) {
    self.years = years
    self.days = days
  }

  /// The largest file that is read: ten thousand days with long names, which no country has in a century.
  package static let mostBytes = 4 << 20
  /// The most days that a file may list.
  package static let mostDays = 10_000
  /// The most Unicode scalars of a day's name.
  package static let longestName = 200
  /// The most problems of a file that are reported; a person fixes one kind at a time.
  package static let mostProblems = 20
}

/// One thing in a file of working days that cannot be read.
package struct CalendarFileProblem: Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String
  /// From 1; nil where the problem is the file as a whole.
  package let line: Int?
  /// In Unicode scalars from 1, where it is known.
  package let column: Int?

  package init(expected: String, got: String, line: Int? = nil, column: Int? = nil) {
    self.expected = expected
    self.got = got
    self.line = line
    self.column = column
  }

  init(expected: String, got: String, at place: TextPlace) {
    self.init(expected: expected, got: got, line: place.line, column: place.column)
  }

  /// `line 3, column 12: expected a date such as "2026-01-01", got "1 January"`.
  package var description: String {
    let place = line.map { line in "line \(line)\(column.map { ", column \($0)" } ?? ""): " } ?? ""
    return "\(place)expected \(expected), got \(got)"
  }
}

/// Everything that keeps a file of working days from being read, at least one problem.
package struct CalendarFileProblems: Error, Hashable, Sendable, CustomStringConvertible {
  package let problems: [CalendarFileProblem]

  package init(_ problems: [CalendarFileProblem]) {
    self.problems = problems
  }

  init(_ problem: CalendarFileProblem) {
    problems = [problem]
  }

  /// A problem a line.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension CalendarFile {
  /// Checks the size of a file, and takes its byte order mark off.
  static func checked(_ bytes: [UInt8]) throws(CalendarFileProblems) -> ArraySlice<UInt8> {
    guard bytes.count <= mostBytes else {
      throw CalendarFileProblems(
        CalendarFileProblem(
          expected: "at most \(mostBytes) bytes", got: "\(bytes.count)"))
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }

  /// A text short enough for a message.
  static func shown(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars.prefix(60))
    return scalars.count > 60 ? "\(String(view))…" : String(view)
  }
}
