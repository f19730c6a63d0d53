/// The words of a `when:`, read from left to right.
struct WhenWords {
  private enum Word: Hashable {
    case name(String)
    case quoted(String)
    case number(String)
    case time(String)
    case comma
  }

  private struct Token {
    let word: Word
    let text: String
    let offset: Int
  }

  private let tokens: [Token]
  private let length: Int
  private var next = 0

  /// Words of the grammar that a column may only have as its name in quotes.
  private static let reserved: Set<String> = ["at", "of", "on", "before", "after", "every"]
  /// More digits than any accepted period has.
  private static let mostDigits = 9

  init(_ text: String) throws(WhenProblem) {
    tokens = try WhenWords.tokens(of: Array(text.unicodeScalars))
    length = text.unicodeScalars.count
  }

  // MARK: Grammar

  /// Takes the next word if it is this keyword, in any case.
  mutating func take(_ keyword: String) -> Bool {
    guard next < tokens.count, case .name(let name) = tokens[next].word,
      name.lowercased() == keyword
    else { return false }
    next += 1
    return true
  }

  /// `on C`, `N UNIT before|after C`, `every …`.
  mutating func dated() throws(WhenProblem) -> (Schedule.Kind, column: String) {
    if take("on") { return (.on, try column()) }
    if take("every") { return try recurring() }
    let period = try period(
      expected:
        "insert, update, delete, on COLUMN, every UNIT after COLUMN, or N UNIT before or after COLUMN"
    )
    if take("before") { return (.before(period), try column()) }
    if take("after") { return (.after(period), try column()) }
    throw problem("before or after, and a column")
  }

  private mutating func recurring() throws(WhenProblem) -> (Schedule.Kind, column: String) {
    if case .number? = peek {
      let period = try period(expected: "a period such as 3 months")
      guard take("after") else { throw problem("after, and a column") }
      return (.every(period), try column())
    }
    guard let unit = unit() else {
      throw problem("a unit (\(WhenWords.unitNames)) or a number of them")
    }
    if take("after") { return (.every(Period(1, unit)), try column()) }
    guard unit == .year else { throw problem("after, and a column") }
    guard take("on") else { throw problem("after or on, and a column") }
    return (.everyYearOn, try column())
  }

  mutating func period(expected: String) throws(WhenProblem) -> Period {
    guard case .number(let digits)? = peek else { throw problem(expected) }
    let start = next
    next += 1
    guard let unit = unit() else { throw problem("a unit: \(WhenWords.unitNames)") }
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
    while peek == .comma {
      next += 1
      let name = try column()
      if names.contains(name) {
        next -= 1
        throw problem("each column once")
      }
      names.append(name)
    }
    return names
  }

  mutating func timeOfDay() throws(WhenProblem) -> TimeOfDay? {
    guard take("at") else { return nil }
    guard case .time(let text)? = peek, let time = TimeOfDay(text) else {
      throw problem("a time of day from 00:00 to 23:59")
    }
    next += 1
    return time
  }

  func end(after when: When) throws(WhenProblem) {
    switch when {
    case .insert, .delete: try end(expected: "nothing after \(when.text)")
    case .update(let columns):
      try end(
        expected: columns.isEmpty
          ? "of and columns, or nothing" : "a comma and a column, or nothing")
    case .dated(let schedule):
      try end(expected: schedule.at == nil ? "at HH:MM, or nothing" : "nothing after the time")
    }
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

  private var peek: Word? { next < tokens.count ? tokens[next].word : nil }

  private mutating func unit() -> Period.Unit? {
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

  private mutating func column() throws(WhenProblem) -> String {
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
    case .number?, .time?, .comma?, nil: throw problem(expected)
    }
  }

  private func problem(_ expected: String) -> WhenProblem {
    guard next < tokens.count else {
      return WhenProblem(expected: expected, got: "the end", offset: length)
    }
    return WhenProblem(
      expected: expected, got: "`\(tokens[next].text)`", offset: tokens[next].offset)
  }

  private static let unitNames = Period.Unit.allCases.map { $0.rawValue + "s" }.joined(
    separator: ", ")

  private static func most(of unit: Period.Unit) -> Int {
    Int(Period.longest.wholeMilliseconds / Period(1, unit).roughly.wholeMilliseconds)
  }

  // MARK: Scanning

  private static func tokens(of scalars: [Unicode.Scalar]) throws(WhenProblem) -> [Token] {
    var tokens: [Token] = []
    var index = 0
    while index < scalars.count {
      let start = index
      let scalar = scalars[index]
      if scalar.properties.isWhitespace {
        index += 1
        continue
      }
      let word: Word
      if scalar == "," {
        index += 1
        word = .comma
      } else if scalar == "\"" {
        word = .quoted(try quoted(scalars, &index))
      } else if isDigit(scalar) {
        let digits = run(scalars, &index) { isDigit($0) || $0 == ":" }
        word = digits.contains(":") ? .time(digits) : .number(digits)
      } else if isNameStart(scalar) {
        word = .name(run(scalars, &index, while: isNamePart))
      } else {
        throw WhenProblem(
          expected: "a word, a number, a comma or a \"quoted name\"",
          got: "`\(scalar)`" + hint(about: scalar), offset: start)
      }
      tokens.append(Token(word: word, text: text(scalars[start..<index]), offset: start))
    }
    return tokens
  }

  private static func quoted(
    _ scalars: [Unicode.Scalar], _ index: inout Int
  ) throws(WhenProblem) -> String {
    let start = index
    var name = String.UnicodeScalarView()
    index += 1
    while index < scalars.count {
      if scalars[index] == "\"" {
        index += 1
        guard index < scalars.count, scalars[index] == "\"" else {
          if name.isEmpty {
            throw WhenProblem(expected: "a name between the quotes", got: "none", offset: start)
          }
          return String(name)
        }
      }
      name.append(scalars[index])
      index += 1
    }
    throw WhenProblem(expected: "a closing \"", got: "the end", offset: scalars.count)
  }

  private static func run(
    _ scalars: [Unicode.Scalar], _ index: inout Int, while holds: (Unicode.Scalar) -> Bool
  ) -> String {
    let start = index
    while index < scalars.count, holds(scalars[index]) { index += 1 }
    return text(scalars[start..<index])
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDStart
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "$" || scalar.properties.isXIDContinue
  }

  private static func hint(about scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "'", "`", "“", "”", "＂": " (put a name with unusual characters between \" and \")"
    case "，", "、": " (write an ASCII comma)"
    case "：": " (write an ASCII colon)"
    case "-", "+", ".": " (numbers are whole, columns have no table in front)"
    default: ""
    }
  }
}
