/// What the values of a date column mean: one kind for the whole column.
///
/// A date whose year comes first is read in every column, because it can mean one day only. A number, and a date whose
/// year comes last, are dates only where the column's kind says how to read them. A value of another form is no date.
package struct DateKind: Hashable, Sendable {
  /// How a number, or a text of digits, tells a date.
  package enum Number: String, Hashable, Sendable, CaseIterable {
    case compact = "YYYYMMDD"
    case seconds = "unix seconds"
    case milliseconds = "unix milliseconds"
  }

  /// Which part of a date comes first where the year comes last.
  package enum Order: String, Hashable, Sendable, CaseIterable {
    case dayFirst = "DMY"
    case monthFirst = "MDY"
  }

  /// How dates with a year of two digits are read, which no value tells by itself.
  package struct ShortYears: Hashable, Sendable {
    /// Which part comes first.
    package enum Order: String, Hashable, Sendable {
      case dayFirst = "DMY"
      case monthFirst = "MDY"
      case yearFirst = "YMD"
    }

    package let order: Order
    /// The first of the hundred years that are meant.
    package let first: Int

    package init(order: Order, first: Int) {
      self.order = order
      self.first = first
    }

    /// The year that two digits mean: 1930 to 2029 for 30 to 29, where the first is 1930.
    func year(_ digits: Int) -> Int {
      let year = first - first % 100 + digits
      return year < first ? year + 100 : year
    }
  }

  /// Which of the values with a time stand for a whole day.
  package enum Days: Hashable, Sendable {
    /// None: midnight is a time like any other.
    case none
    /// Values at midnight: by their own clock or, for a point in time, by the clocks of the zone.
    case midnights(Zone)
    /// All of them: the time is left out. A point in time has its day in the zone.
    case all(Zone)
  }

  /// How numbers are read as dates; nil if numbers are not dates.
  package var number: Number?
  /// How dates with the year last are read; nil if they are not dates.
  package var order: Order?
  /// How dates with a year of two digits are read; nil if they are not dates.
  package var shortYears: ShortYears?
  package var days: Days
  /// Whether the column is written by the Chinese calendar, and then whether each day needs its year; nil where it is not.
  package var needsLunarYear: Bool?

  package init(number: Number? = nil, order: Order? = nil, days: Days = .none) {
    self.number = number
    self.order = order
    self.days = days
  }

  /// The kind of a column about which nothing is known: dates whose year comes first, and times as they are written.
  package static let unknown = DateKind()

  /// The kind in words: `days`, `times written DMY`, `days in unix seconds`.
  package var words: String {
    if needsLunarYear != nil { return "days of the Chinese calendar" }
    let meaning =
      switch days {
      case .none: "times"
      case .midnights, .all: "days"
      }
    if let number {
      return number == .compact ? "days written YYYYMMDD" : "\(meaning) in \(number.rawValue)"
    }
    if let shortYears {
      return
        "\(meaning) written \(shortYears.order.rawValue), years \(shortYears.first)-\(shortYears.first + 99)"
    }
    return order.map { "\(meaning) written \($0.rawValue)" } ?? meaning
  }
}

/// What a watch states about a date column in its configuration (`dates:`).
package enum DateForm: Hashable, Sendable {
  /// The values are days; a time in them is left out.
  case date
  /// The values are times, also those at midnight.
  case time
  case dayFirst
  case monthFirst
  case yearFirst
  case compact
  case seconds
  case milliseconds
  /// A year of two digits is one of the hundred from this year on.
  case years(from: Int)

  private static let words: [(word: String, form: DateForm)] = [
    ("date", .date), ("time", .time), ("DMY", .dayFirst), ("MDY", .monthFirst), ("YMD", .yearFirst),
    ("YYYYMMDD", .compact), ("unix seconds", .seconds), ("unix milliseconds", .milliseconds),
  ]

  /// A form as a person writes it, in whatever case: `DMY`, `unix seconds`, `years 1930-2029`.
  package init?(word: String) {
    let words = word.lowercased().split(separator: " ").joined(separator: " ")
    if let known = DateForm.words.first(where: { $0.word.lowercased() == words }) {
      self = known.form
      return
    }
    guard words.hasPrefix("years ") else { return nil }
    let years = words.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
      .map { Int(digits: $0.utf8) }
    guard years.count == 2, let first = years[0], let last = years[1], last == first + 99,
      (1800...2900).contains(first)
    else { return nil }
    self = .years(from: first)
  }

  /// The form as configuration writes it.
  package var word: String {
    if case .years(let first) = self { return "years \(first)-\(first + 99)" }
    return DateForm.words.first { $0.form == self }?.word ?? ""
  }
}

/// What a watch states about its dates: of single columns, and of all others.
package struct DateStatements: Hashable, Sendable {
  /// Holds for every column that is not named.
  package let common: [DateForm]
  /// By the column's name in small letters.
  private let columns: [ExactText: [DateForm]]

  package init(common: [DateForm] = [], columns: [ExactText: [DateForm]] = [:]) {
    self.common = common
    self.columns = columns.foldingKeys
  }

  /// What is stated about a column; names are compared as SQL does, without regard to ASCII case.
  package func forms(of column: String) -> [DateForm] {
    columns[column.folded] ?? common
  }

  /// The columns that are named, in small letters.
  package var named: [ExactText] { Array(columns.keys) }
}

extension DateKind {
  /// The kind with the configuration's statements taking precedence over what was detected.
  package func stating(_ forms: [DateForm], sourceZone: Zone) -> DateKind {
    var kind = self
    // One statement of how dates are written replaces all that was found about that.
    if forms.contains(where: \.isNotation) { (kind.number, kind.order) = (nil, nil) }
    for case .years(let first) in forms {
      kind.shortYears = forms.lazy.compactMap(\.shortOrder).first.map {
        ShortYears(order: $0, first: first)
      }
    }
    for form in forms {
      switch form {
      case .date: kind.days = .all(kind.dayZone ?? sourceZone)
      case .time: kind.days = .none
      case .dayFirst: kind.order = .dayFirst
      case .monthFirst: kind.order = .monthFirst
      case .yearFirst: break
      case .compact: kind.number = .compact
      case .seconds: kind.number = .seconds
      case .milliseconds: kind.number = .milliseconds
      case .years: break
      }
    }
    return kind
  }

  private var dayZone: Zone? {
    switch days {
    case .none: nil
    case .midnights(let zone), .all(let zone): zone
    }
  }
}

extension DateForm {
  /// Whether it says how dates are written, rather than whether they are days.
  package var isNotation: Bool {
    switch self {
    case .date, .time, .years: false
    case .dayFirst, .monthFirst, .yearFirst, .compact, .seconds, .milliseconds: true
    }
  }
}

extension DateForm {
  /// Whether it says which hundred years are meant.
  package var isYears: Bool {
    if case .years = self { true } else { false }
  }

  /// The order that it states for dates with a year of two digits.
  package var shortOrder: DateKind.ShortYears.Order? {
    switch self {
    case .dayFirst: .dayFirst
    case .monthFirst: .monthFirst
    case .yearFirst: .yearFirst
    case .date, .time, .compact, .seconds, .milliseconds, .years: nil
    }
  }
}

extension DateKind {
  /// What states in a watch how the column's dates are written; nil where that needs no word.
  package var notation: String? { number?.rawValue ?? order?.rawValue }

  /// The key of a watch that states how a column's dates are written; nil where that needs no word.
  package func statement(of column: String) -> String? {
    notation.map { "`dates: { \(WhenWords.spelling(column)): \($0) }`" }
  }
}

/// The kinds of a watch's columns.
package struct DateKinds: Hashable, Sendable {
  private let kinds: [ExactText: DateKind]

  package init(_ kinds: [ExactText: DateKind] = [:]) {
    self.kinds = kinds.foldingKeys
  }

  /// The kind of a column; names are compared as SQL does, without regard to ASCII case.
  package subscript(column: String) -> DateKind { kinds[column.folded] ?? .unknown }
}

extension Dictionary where Key == ExactText {
  /// By the names in small letters; the first of those that differ in nothing else.
  fileprivate var foldingKeys: Self {
    Self(map { ($0.key.folded, $0.value) }) { first, _ in first }
  }
}
