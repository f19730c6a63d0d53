/// The words of a `when:`, read from left to right.
struct WhenWords {
  enum Word: Hashable {
    case name(String)
    case quoted(String)
    case number(String)
    case time(String)
    /// Digits with hyphens.
    case date(String)
    /// A name with hyphens, which only a festival may have without quotes.
    case hyphenated(String)
    case comma
  }

  struct Token {
    let word: Word
    let text: String
    let offset: Int
  }

  let tokens: [Token]
  private let length: Int
  var next = 0

  /// Words of the grammar that a column may only have as its name in quotes.
  private static let reserved: Set<String> = [
    "at", "of", "on", "before", "after", "every", "insert", "update", "delete",
  ]
  /// More digits than any accepted period has.
  static let mostDigits = 9

  init(_ text: String) throws(WhenProblem) {
    tokens = try WhenWords.tokens(of: Array(text.unicodeScalars))
    length = text.unicodeScalars.count
  }

  // MARK: Grammar

  /// Takes a comma.
  mutating func takeComma() -> Bool {
    guard peek == .comma else { return false }
    next += 1
    return true
  }

  /// Whether the next word is this keyword, and nothing but a time of day follows.
  func isLast(_ keyword: String) -> Bool {
    guard case .name(let name)? = peek, name.lowercased() == keyword else { return false }
    guard next + 1 < tokens.count else { return true }
    if case .name(let name) = tokens[next + 1].word { return name.lowercased() == "at" }
    return false
  }

  /// Takes the next word if it is this keyword, in any case.
  mutating func take(_ keyword: String) -> Bool {
    guard next < tokens.count, case .name(let name) = tokens[next].word,
      name.lowercased() == keyword
    else { return false }
    next += 1
    return true
  }

  /// A number and a unit; `units` are those that may stand here.
  mutating func period(
    expected: String, units: String = WhenWords.unitNames
  ) throws(WhenProblem) -> Period {
    guard case .number(let digits)? = peek else { throw problem(expected) }
    let start = next
    next += 1
    guard let unit = unit() else { throw problem("a unit: \(units)") }
    guard digits.count <= WhenWords.mostDigits, let count = Int(digits), count >= 1,
      Period(count, unit).roughly <= Period.longest
    else {
      next = start
      throw problem("a number from 1 to \(WhenWords.most(of: unit)) of \(unit.rawValue)s")
    }
    return Period(count, unit)
  }

  mutating func columns() throws(WhenProblem) -> [String] {
    var names = [try column()]
    while takeComma() {
      let name = try column()
      if names.contains(name) {
        next -= 1
        throw problem("each column once")
      }
      names.append(name)
    }
    return names
  }

  /// `insert`, `update of a, b`, `insert or update`, `delete`; nil where something else stands here.
  mutating func change() throws(WhenProblem) -> RowChange? {
    if take("delete") { return .delete }
    if take("update") { return .update(of: try updated()) }
    guard take("insert") else { return nil }
    guard take("or") else { return .insert }
    guard take("update") else { throw problem("update, or update of and columns") }
    return .insertOrUpdate(of: try updated())
  }

  private mutating func updated() throws(WhenProblem) -> [String] {
    take("of") ? try columns() : []
  }

  func end(after when: When) throws(WhenProblem) {
    switch when {
    case .change(let change, nil):
      try end(expected: WhenWords.tail(of: change) ?? "nothing after \(change.text)")
    case .change(let change, let delay?):
      try end(
        expected: delay.at != nil
          ? "nothing after the time"
          : [WhenWords.tail(of: change), "at HH:MM, or nothing"].compactMap(\.self).joined(
            separator: ", "))
    case .dated(let schedule): try end(expected: WhenWords.tail(of: schedule))
    }
  }

  /// What may stand behind a change; nil where nothing may.
  private static func tail(of change: RowChange) -> String? {
    switch change {
    case .insert, .delete: nil
    case .update(let columns), .insertOrUpdate(let columns):
      columns.isEmpty ? "of and columns, or nothing" : "a comma and a column, or nothing"
    }
  }

  /// What may stand behind a dated form.
  private static func tail(of schedule: Schedule) -> String {
    var parts: [String] = []
    if schedule.isEvery {
      if schedule.end.column == nil { parts.append("until COLUMN") }
      if schedule.end.times == nil { parts.append("at most N times") }
    }
    if schedule.at == nil { parts.append("at HH:MM") }
    return parts.isEmpty || schedule.at != nil && !schedule.isEvery
      ? "nothing after the time" : parts.joined(separator: ", ") + ", or nothing"
  }

  func end(expected: String) throws(WhenProblem) {
    if next < tokens.count { throw problem(expected) }
  }

  // MARK: Words

  /// A column as the grammar spells it: in quotes where it is no plain name.
  static func spelling(_ column: String) -> String {
    let scalars = column.unicodeScalars
    let isPlain =
      scalars.first.map(isNameStart) == true && scalars.allSatisfy(isNamePart)
      && !reserved.contains(column.lowercased())
    return isPlain
      ? column
      : "\"" + column.doubling("\"") + "\""
  }

  /// A festival's name as the grammar spells it: in quotes where it is not made of plain words.
  static func festivalSpelling(_ name: String) -> String {
    let words = name.split(separator: " ", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { word in
      let parts = word.split(separator: "-", omittingEmptySubsequences: false)
      return word.lowercased() != "at"
        && parts.allSatisfy { part in
          let scalars = part.unicodeScalars
          return scalars.first.map(isNameStart) == true && scalars.allSatisfy(isNamePart)
        }
    }
    return isPlain ? name : "\"" + name.doubling("\"") + "\""
  }

  var peek: Word? { next < tokens.count ? tokens[next].word : nil }

  mutating func unit() -> Period.Unit? {
    guard case .name(let name)? = peek else { return nil }
    let word = name.lowercased()
    guard
      let unit = Period.Unit.allCases.first(where: {
        word == $0.rawValue || word == $0.rawValue + "s"
      })
    else { return nil }
    next += 1
    return unit
  }

  mutating func column() throws(WhenProblem) -> String {
    let expected = "a column: a name, or a \"quoted name\""
    switch peek {
    case .quoted(let name)?:
      next += 1
      return name
    case .name(let name)?:
      if WhenWords.reserved.contains(name.lowercased()) {
        throw problem(expected + " (put the name of a column called \(name) in quotes)")
      }
      next += 1
      return name
    case .hyphenated?:
      throw problem(expected + " (put a name with unusual characters between \" and \")")
    case .number?, .time?, .date?, .comma?, nil: throw problem(expected)
    }
  }

  func problem(_ expected: String) -> WhenProblem {
    guard next < tokens.count else {
      return WhenProblem(expected: expected, got: "the end", offset: length)
    }
    return WhenProblem(
      expected: expected, got: "`\(tokens[next].text)`", offset: tokens[next].offset)
  }

  static let unitNames = Period.Unit.allCases.map { $0.rawValue + "s" }.joined(
    separator: ", ")

  static func most(of unit: Period.Unit) -> Int {
    Int(Period.longest.wholeMilliseconds / Period(1, unit).roughly.wholeMilliseconds)
  }
}
