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
    return order.map { "\(meaning) written \($0.rawValue)" } ?? meaning
  }
}

/// What a watch states about a date column in its configuration (`dates:`).
package enum DateForm: String, Hashable, Sendable, CaseIterable {
  /// The values are days; a time in them is left out.
  case date
  /// The values are times, also those at midnight.
  case time
  case dayFirst = "DMY"
  case monthFirst = "MDY"
  case yearFirst = "YMD"
  case compact = "YYYYMMDD"
  case seconds = "unix seconds"
  case milliseconds = "unix milliseconds"

  /// A form as a person writes it, in whatever case.
  package init?(word: String) {
    let words = word.lowercased().split(separator: " ").joined(separator: " ")
    guard let form = DateForm.allCases.first(where: { $0.rawValue.lowercased() == words }) else {
      return nil
    }
    self = form
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
    case .date, .time: false
    case .dayFirst, .monthFirst, .yearFirst, .compact, .seconds, .milliseconds: true
    }
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
