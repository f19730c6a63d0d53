import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// Checks the values of the customers' columns: unknown time zones, calendars and channels, and languages without a letter.
struct CustomerCheck {
  let inquiry: CustomerInquiry
  let directory: PeopleDirectory
  let watch: Watch
  /// The columns that the watch has.
  let columns: Set<ExactText>
  /// Nil where they could not be loaded.
  let letters: TemplateLibrary?

  private var configuration: Configuration { inquiry.configuration }

  func check(_ report: inout CheckReport) async {
    checkBranches(&report)
    do {
      try await checkZones(&report)
      try await checkCalendars(&report)
      try await checkLanguages(&report)
      try await checkPreferences(&report)
    } catch let problem as SourceProblem {
      report.add(problem, at: watch.place)
    } catch {
      report.error("watch \(watch.name): \(error)", at: watch.place)
    }
  }

  /// A column that is not there was reported with the watch.
  private func isThere(_ column: String?) -> Bool {
    guard let folded = column?.folded else { return false }
    return columns.contains { $0.folded == folded }
  }

  /// Reports that customers lack the column by which colleagues see them.
  private func checkBranches(_ report: inout CheckReport) {
    guard let column = configuration.colleagues?.people.links[.sees], !isThere(column) else {
      return
    }
    report.error(
      "expected watch \(watch.name) to have the column \(column) that `sees:` under `colleagues:` names, got none such"
        + Suggestion.text(for: column, among: columns.map(\.string)), at: watch.place)
  }

  private func checkZones(_ report: inout CheckReport) async throws {
    guard isThere(directory.timezone) else { return }
    let zones = try await UnknownNames.zones(
      directory, in: watch, of: try inquiry.source(of: watch), clock: inquiry.clock)
    guard let zones, let sentence = zones.sentence else { return }
    report.warn(
      "\(sentence): \(shown(zones.values)); expected names such as Asia/Shanghai, China Standard Time or UTC+08:00",
      at: watch.place)
  }

  private func checkCalendars(_ report: inout CheckReport) async throws {
    guard let column = directory.calendar, isThere(column) else { return }
    let calendars = try await UnknownNames.calendars(
      directory, in: watch, of: try inquiry.source(of: watch), clock: inquiry.clock)
    guard let calendars else { return }
    let users = calendars.known.sorted { $0.key < $1.key }.map { name, count in
      "\(counted(count, "customer")) \(count == 1 ? "names" : "name") the calendar \(name.string)"
    }
    report.notes.append(
      "\(watch.name).\(column): \(users.isEmpty ? "no customer names a calendar" : listed(users))"
        + "; the company's calendar applies to all others")
    guard let sentence = calendars.unknown.sentence else { return }
    report.warn(
      "\(sentence): \(shown(calendars.unknown.values)); expected one of \(listed(directory.calendars.all.compactMap(\.name)))",
      at: watch.place)
  }

  private func checkLanguages(_ report: inout CheckReport) async throws {
    guard let column = directory.language, isThere(column) else { return }
    let languages = try await inquiry.source(of: watch).tally(
      of: column, directory, in: watch, clock: inquiry.clock)
    checkUnreadable(languages.rows.filter { LanguageTag($0.text) == nil }, column, &report)
    checkLetters(languages, &report)
  }

  private func checkPreferences(_ report: inout CheckReport) async throws {
    guard let column = directory.preferred, isThere(column) else { return }
    let tally = try await inquiry.source(of: watch).tally(
      of: column, directory, in: watch, clock: inquiry.clock)
    let names = configuration.channelNames
    let unknown = tally.rows.filter { row in
      let name = row.text.trimmed.folded
      return !name.string.isEmpty && !names.contains { $0.folded == name }
    }
    let customers = unknown.reduce(0) { $0 + $1.count }
    guard customers > 0 else { return }
    report.warn(
      "\(counted(customers, "customer")) \(customers == 1 ? "prefers" : "prefer") a channel that is not configured, according to \(watch.name).\(column): "
        + "\(shown(unknown)); their reminders take the next channel of the route; expected one of \(listed(names.map(\.string)))",
      at: watch.place)
  }

  private func checkUnreadable(
    _ values: [(text: String, count: Int)], _ column: String, _ report: inout CheckReport
  ) {
    let customers = values.reduce(0) { $0 + $1.count }
    guard customers > 0 else { return }
    report.warn(
      "\(counted(customers, "customer")) \(customers == 1 ? "has" : "have") an invalid language in \(watch.name).\(column) "
        + "and \(customers == 1 ? "is" : "are") treated as having none: \(shown(values)); "
        + "expected BCP 47 tags such as en, de or zh-Hans", at: watch.place)
  }

  /// Warns once for all letters that lack the same languages.
  private func checkLetters(_ languages: ValueTally, _ report: inout CheckReport) {
    guard let letters else { return }
    var counts: [LanguageTag: Int] = [:]
    for row in languages.rows {
      if let tag = LanguageTag(row.text) { counts[tag, default: 0] += row.count }
    }
    let readers = counts.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }
    var lacking: [(readers: [String], templates: [String])] = []
    let steps = configuration.rules.flatMap(\.steps).filter { $0.recipients.contains(.customer) }
    for template in Set(texts: steps.map(\.template)).sorted().map(\.string)
    where letters.names.contains(template) {
      let missing = readers.filter { !letters.isWritten(template, in: $0.key) }
        .map { "\(counted($0.value, "customer")) read\($0.value == 1 ? "s" : "") \($0.key)" }
      guard !missing.isEmpty else { continue }
      if let same = lacking.firstIndex(where: { $0.readers == missing }) {
        lacking[same].templates.append(template)
      } else {
        lacking.append((missing, [template]))
      }
    }
    for (readers, templates) in lacking {
      let isOne = templates.count == 1
      report.warn(
        "\(listed(readers)), but letter\(isOne ? "" : "s") \(listed(templates)) \(isOne ? "has" : "have") no version for them; "
          + "they get \(isOne ? "it" : "them") in another language", at: watch.place)
    }
  }

  private static let mostListed = 8

  private func listed(_ parts: [String]) -> String {
    let rest = parts.count - CustomerCheck.mostListed
    return parts.prefix(CustomerCheck.mostListed).joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }

  /// `5 × Mars/Phobos, 2 × CST`: the most frequent values; long texts and addresses are replaced.
  private func shown(_ values: [(text: String, count: Int)]) -> String {
    listed(
      values.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
        .map { "\($0.count) × \(CustomerCheck.safe($0.text))" })
  }

  /// A column that holds addresses by mistake must not put them on the screen.
  private static func safe(_ text: String) -> String {
    let isShort = text.utf8.count <= 32
    return isShort && !text.utf8.contains(UInt8(ascii: "@")) ? OneLine.text(text) : "other text"
  }
}
