import KindlyCore

/// The page about one table: a line for each column, followed by remarks.
struct RelationPage {
  let survey: RelationSurvey

  /// Wider names push the rest to the right.
  private static let (widestName, widestType) = (30, 27)

  var text: String {
    let title =
      "\(survey.name): \(survey.relation.kind.rawValue), \(InspectionPage.text(of: survey.rows)) \(survey.rows.number == 1 ? "row" : "rows")"
      + (survey.isWhole
        ? "" : "; counts are those of \(Grouped.text(survey.sampled)) sampled rows")
    let rows = survey.columns.map { ($0, ColumnReading($0)) }
    let nameWidth = width(rows.map(\.0.name), most: RelationPage.widestName)
    let typeWidth = width(rows.map(\.0.type), most: RelationPage.widestType)
    var lines = [title]
    for (column, reading) in rows {
      let name = DisplayWidth.padded(OneLine.text(column.name), to: nameWidth)
      let type = DisplayWidth.padded(OneLine.text(column.type), to: typeWidth)
      let findings = ColumnFindings(column: column, reading: reading, survey: survey)
      let start = "  \(name)  \(type)  "
      lines.append(start + findings.roles)
      lines += findings.remarks.flatMap {
        Paragraph.lines("      \($0)", width: InspectionPage.width, indent: 8)
      }
    }
    if !survey.indexes.isEmpty {
      let indexes = survey.indexes.map { index in
        "(\(index.columns.joined(separator: ", ")))\(index.isUnique ? " unique" : "")"
      }
      lines += Paragraph.lines(
        "  indexes: \(indexes.joined(separator: ", "))", width: InspectionPage.width, indent: 4)
    }
    return lines.map(RelationPage.trimmedEnd).joined(separator: "\n")
  }

  private func width(_ texts: [String], most: Int) -> Int {
    min(texts.map(DisplayWidth.of).max() ?? 0, most)
  }

  private static func trimmedEnd(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}

/// The remarks about a column, in words.
struct ColumnFindings {
  let column: ColumnSurvey
  let reading: ColumnReading
  let survey: RelationSurvey

  /// A scan of fewer rows takes about a millisecond; `kindly check` warns from there on too.
  private static let largeTable = 10_000

  /// `key, email (values)`.
  var roles: String {
    let key = survey.key.contains(column.name) ? ["key"] : []
    let link = column.references.map { ["refers to \($0)"] } ?? []
    let guesses = ColumnRole.allCases.compactMap { role -> String? in
      guard let guess = reading.roles[role] else { return nil }
      return guess.evidence == .values ? "\(role.rawValue) by its values" : role.rawValue
    }
    let date = reading.isDate && !guesses.contains { $0.hasSuffix("date") || $0.hasSuffix("at") }
    return (key + guesses + (date ? ["date"] : []) + link).joined(separator: ", ")
  }

  var remarks: [String] { [dates, nulls, texts, indexAdvice].compactMap(\.self) }

  /// How many values are dates, how many are something else, and whether an index finds them.
  private var dates: String? {
    guard reading.isDate, column.tally.rows > 0 else { return nil }
    let census = column.tally.dates
    let unusable = Anchor.Unusable.allCases.compactMap { kind -> String? in
      guard let count = census.unusable[kind] else { return nil }
      return "\(Grouped.text(count)) × \(kind.rawValue)"
    }
    let readable = "\(Grouped.text(census.readable)) \(census.readable == 1 ? "date" : "dates")"
    let remarks = column.tally.dateSample.remarks + heaps + (advice.map { [$0] } ?? [])
    return ([readable] + unusable + remarks + (lacksIndex ? ["no index"] : [])).joined(
      separator: ", ")
  }

  /// Birthdays that too many rows share.
  private var heaps: [String] {
    guard reading.roles[.birthday] != nil else { return [] }
    return column.tally.dates.birthdayHeaps.map { heap in
      "\(heap.date) in \(Grouped.text(heap.rows)) rows, which may stand for an unknown date"
    }
  }

  private var advice: String? {
    let kinds = column.tally.dates.unusable.keys
    return Anchor.Unusable.allCases.filter(kinds.contains)
      .compactMap { $0.advice(for: column.name) }.first
  }

  /// The NULLs in a column that a letter needs.
  private var nulls: String? {
    let needed: Set<ColumnRole> = [.name, .email, .phone, .customer]
    let tally = column.tally
    guard !reading.isDate, !needed.isDisjoint(with: reading.roles.keys),
      tally.nulls + tally.empties > 0
    else { return nil }
    return "\(Grouped.text(tally.nulls)) × NULL, \(Grouped.text(tally.empties)) × empty"
  }

  private var texts: String? {
    let faults = Misencoding.allCases.compactMap { kind -> String? in
      guard let count = column.tally.misencoded[kind] else { return nil }
      return "\(Grouped.text(count)) × \(kind.rawValue)"
    }
    return faults.isEmpty ? nil : "mis-encoded: " + faults.joined(separator: ", ")
  }

  /// A cursor and a date are looked for by an index.
  private var lacksIndex: Bool {
    (reading.isDate || reading.roles[.updated] != nil) && !survey.isIndexed(column.name)
  }

  /// Advice to create an index; nil for a small table, which does not need one.
  private var indexAdvice: String? {
    guard lacksIndex, survey.rows.number > ColumnFindings.largeTable else { return nil }
    return column.indexStatement.map { "to make an index: \($0)" }
  }
}
