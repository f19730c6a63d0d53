import KindlyConfig
import KindlyCore

/// An inspection as people read it, in lines of at most 100 columns; names and SQL to paste may be longer.
struct InspectionPage {
  let inspection: SourceInspection
  let source: ChosenSource

  static let width = 100

  var text: String {
    let parts =
      [head, overview] + inspection.surveys.map { RelationPage(survey: $0).text } + [paste, rights]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  // MARK: The server

  private var head: String {
    let server = inspection.inventory.server
    let facts: [String?] = [
      [server.product, server.version].compactMap(\.self).joined(separator: " "),
      server.encoding.map { "texts in \($0)" }, server.timezone.map { "time zone \($0)" },
      server.user.map { "read as \($0)" },
    ]
    let first = "\(source.settings.name): " + facts.compactMap(\.self).joined(separator: " · ")
    let lines = [first] + ([transaction].compactMap(\.self) + server.remarks).map { "  \($0)" }
    return
      (lines.flatMap { Paragraph.lines($0, width: InspectionPage.width, indent: 4) }
      + warnings.flatMap { Paragraph.lines($0, width: InspectionPage.width, indent: 4) })
      .joined(separator: "\n")
  }

  private var transaction: String? {
    switch inspection.inventory.server.longestTransaction {
    case .none: "no other session has an open transaction"
    case .seconds(let seconds):
      "the longest open transaction has run for \(seconds) s"
        + (seconds > InspectionPage.longTransaction
          ? "; a cursor cannot advance past it, so find out why it stays open" : "")
    case .hidden(let grant):
      "this user cannot see other sessions' transactions; to allow it: \(grant)"
    case .unknowable: nil
    }
  }

  /// Ten minutes: no application waits so long for a page.
  private static let longTransaction = 600

  private var warnings: [String] {
    let server = inspection.inventory.server
    let writable = inspection.inventory.relations.filter(\.isWritable).map(\.name)
    if let excess = server.excess { return ["  warning: \(excess)"] }
    if writable.isEmpty { return [] }
    let names = writable.prefix(5).joined(separator: ", ") + (writable.count > 5 ? ", …" : "")
    return [
      "  warning: this user has write access to \(counted(writable.count, "table")) (\(names)); give kindly a user with read access only"
    ]
  }

  // MARK: The tables

  private var overview: String {
    guard !inspection.inventory.relations.isEmpty else {
      return "There are no tables in it, or this user may see none of them."
    }
    var table = Table([
      .init("table"), .init("rows", .right), .init("key"), .init("dates", .right), .init("remark"),
    ])
    for survey in inspection.surveys {
      let dates = survey.columns.count { ColumnReading($0).isDate }
      table.add([
        survey.name, InspectionPage.text(of: survey.rows), survey.key.joined(separator: ", "),
        dates == 0 ? "" : "\(dates)", remark(survey),
      ])
    }
    var lines = [table.text]
    for (relation, problem) in inspection.failures {
      lines += Paragraph.lines(
        "\(relation.name): not read: \(SourceInspection.text(of: problem, for: relation))",
        width: InspectionPage.width, indent: 2)
    }
    if !inspection.leftOut.isEmpty {
      lines.append(
        "\(counted(inspection.leftOut.count, "more table")) not inspected; choose tables with --table"
      )
    }
    return lines.joined(separator: "\n")
  }

  private func remark(_ survey: RelationSurvey) -> String {
    let isView = survey.relation.kind == .view ? ["view"] : []
    let isSampled = survey.isWhole ? [] : ["\(Grouped.text(survey.sampled)) rows sampled"]
    let hasNoKey = survey.key.isEmpty ? ["no key"] : []
    return (isView + isSampled + hasNoKey).joined(separator: ", ")
  }

  static func text(of rows: RowCount) -> String {
    switch rows {
    case .exact(let count): Grouped.text(count)
    case .estimate(let count): "about \(Grouped.text(count))"
    case .atLeast(let count): "over \(Grouped.text(count))"
    }
  }

  // MARK: What to paste

  private var paste: String {
    guard let proposal = inspection.proposal else {
      return inspection.surveys.isEmpty
        ? ""
        : "# No table looks like a customer table, which needs a key and a name, an address or a phone number."
    }
    let blocks = ConfigurationBlocks(source: source, proposal: proposal)
    let head = "# For kindly.yaml; review it before you use it."
    return
      ([head] + [ConfigurationBlocks.sources(source)].compactMap(\.self)
      + [blocks.watches, blocks.customers]).joined(separator: "\n")
  }

  private var rights: String {
    inspection.grants.isEmpty
      ? "" : "# How to give kindly read access to this, and nothing else:\n" + inspection.grants
  }
}

/// Numbers with a comma at each thousand.
enum Grouped {
  static func text(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}

/// Texts in lines of a width, which are broken at blanks.
enum Paragraph {
  /// - Parameter indent: how far lines after the first are moved to the right.
  static func lines(_ text: String, width: Int, indent: Int) -> [String] {
    let margin = String(text.prefix { $0 == " " })
    var lines: [String] = []
    var line = margin
    for word in OneLine.text(text).split(separator: " ") {
      let isFirst = line.allSatisfy { $0 == " " }
      if !isFirst, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += (isFirst ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}
