import KindlyCore

/// Reads the files of `calendars/`, which say when people work.
///
/// `calendars/china.json` and every file in `calendars/china/` belong to the calendar `china`.
struct CalendarFiles {
  let findings: Findings

  /// Whether a file's name is that of a calendar: holiday-cn JSON or iCalendar.
  static func isCalendar(_ name: String) -> Bool {
    name.hasSuffix(json) || name.hasSuffix(iCalendar)
  }

  private static let json = ".json"
  private static let iCalendar = ".ics"

  /// The calendars by their names. Files with errors are left out and reported.
  func calendars(_ files: [SourceFile]) -> [ExactText: Workdays] {
    var calendars: [ExactText: WorkCalendar] = [:]
    for file in files {
      let name = CalendarFiles.name(of: file.path)
      guard let read = read(file) else { continue }
      for finding in calendars[name, default: WorkCalendar()].add(read, named: file.path) {
        findings.warn(
          "\(finding)", at: Spot(file: file.path, line: finding.line, column: 1))
      }
    }
    return Dictionary(
      uniqueKeysWithValues: calendars.map { ($0, Workdays(name: $0.string, calendar: $1)) })
  }

  private func read(_ file: SourceFile) -> CalendarFile? {
    let bytes = Array(file.text.utf8)
    do throws(CalendarFileProblems) {
      return file.path.hasSuffix(CalendarFiles.json)
        ? try CalendarFile.holidayJSON(bytes) : try CalendarFile.iCalendar(bytes)
    } catch {
      for problem in error.problems {
        findings.error(
          "expected \(problem.expected), got \(problem.got)",
          at: Spot(file: file.path, line: problem.line ?? 0, column: problem.column ?? 0))
      }
      return nil
    }
  }

  /// `china` for `/etc/kindly/calendars/china.json` and for `/etc/kindly/calendars/china/2026.json`.
  private static func name(of path: String) -> ExactText {
    let parts = path.split(separator: "/")
    let folder = parts.dropLast().last.map(String.init) ?? ""
    guard folder == "calendars", let file = parts.last else { return ExactText(folder) }
    return ExactText(String(file.prefix { $0 != "." }))
  }
}

/// Reads `calendar:`, `off days:`, `missing dates:` and `office hours:`.
struct CalendarReader {
  let calendars: [ExactText: Workdays]

  /// The calendar that a key names; nil where none is written, or where its name is unknown.
  func workdays(_ fields: inout Fields) -> Workdays? {
    guard let text = fields.text("calendar") else { return nil }
    if let found = calendars[text.string] { return found }
    let names = calendars.keys.sorted().map(\.string)
    text.refuse(
      "expected `calendar` to name a calendar of the folder calendars/, got \(text.item.shape)"
        + (names.isEmpty ? "; there is none" : Suggestion.text(for: text.string, among: names)))
    return nil
  }

  /// The column that names the customers' calendars; nil if none is configured, or if there is no calendar to name.
  func column(_ fields: inout Fields) -> String? {
    guard let text = fields.text("calendar") else { return nil }
    guard calendars.isEmpty else { return text.string }
    text.refuse(
      "expected a calendar in the folder calendars/ that customers can name, got none; add files there, or "
        + "remove `calendar`")
    return nil
  }

  func offDays(_ fields: inout Fields) -> OffDays? {
    fields.value(
      "off days", OffDays.allCases.map(\.rawValue).joined(separator: ", ")
    ) { OffDays(rawValue: $0) }
  }

  static func missingDates(_ fields: inout Fields) -> Skip? {
    fields.value("missing dates", "earlier, later or skip") { Skip(word: $0) }
  }

  static func officeHours(_ fields: inout Fields) -> OfficeHours? {
    guard let text = fields.text("office hours") else { return nil }
    do throws(HoursProblem) {
      return try OfficeHours.parse(text.string)
    } catch {
      text.refuse("`office hours`: \(error)", offset: error.offset)
      return nil
    }
  }
}
