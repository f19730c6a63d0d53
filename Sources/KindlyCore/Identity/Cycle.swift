/// What tells one occurrence from the others of the same rule and row.
///
/// Offset, time of day, condition, template and time zone are no part of it, so editing them repeats nothing.
package enum Cycle: Hashable, Sendable, CustomStringConvertible {
  /// A key is inserted once for ever.
  case insert
  /// An update or delete happens at each noticed change; the id is that of the ledger's `changes`.
  case change(Int64)
  /// A date of a row as `Schedule.identity` writes it, or the `number`-th recurrence counted from it.
  ///
  /// A key that had other rows before tells its dates from theirs by `row`, counted from 1.
  case anchor(String, number: Int?, row: Int = 1)
  /// The `number`-th correction of a date that was told before; `to` is the cycle of the date that it tells now.
  indirect case correction(to: Cycle, number: Int)
  /// What a person sent again, for the `number`-th time.
  indirect case resend(of: Cycle, number: Int)

  /// A cycle as `text` writes it; what has no other form is an anchor.
  package init(stored text: String) {
    guard text.utf8.contains(where: { $0 == Mark.number || $0 == Mark.blank }) else {
      self = text == Mark.insert ? .insert : .anchor(text, number: nil)
      return
    }
    let words = text.split(separator: " ")
    if words.count > 2, words[words.count - 2] == Mark.resend,
      let number = Int(words[words.count - 1])
    {
      let original = words.dropLast(2).joined(separator: " ")
      self = .resend(of: Cycle(stored: original), number: number)
    } else if words.count > 2, words[words.count - 2] == Mark.correction,
      let number = Int(words[words.count - 1])
    {
      let told = words.dropLast(2).joined(separator: " ")
      self = .correction(to: Cycle(stored: told), number: number)
    } else if words.count == 2, words[0] == Mark.change, let id = Int64(words[1]) {
      self = .change(id)
    } else if words.count == 3, words[1] == Mark.row, let row = Int(words[2]) {
      self = Cycle(anchor: words[0], row: row)
    } else {
      self = Cycle(anchor: text[...], row: 1)
    }
  }

  private init(anchor text: Substring, row: Int) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, let number = Int(parts[1]) {
      self = .anchor(String(parts[0]), number: number, row: row)
    } else {
      self = .anchor(String(text), number: nil, row: row)
    }
  }

  /// The words of the stored form.
  private enum Mark {
    static let insert = "insert"
    static let change = "change"
    static let row = "row"
    static let correction = "correction"
    static let resend = "resend"
    static let number = UInt8(ascii: "#")
    static let blank = UInt8(ascii: " ")
  }

  /// The text that the ledger stores and people read: `insert`, `change 17`, `2026-02-10`, `2026-02-10T01:30Z`,
  /// `2026-02-10#3`, `2026-02-10/P2W#3`, `2026-01-31/2026-02-27`, `2026-02-10 row 2`, `2026-02-10 correction 1`,
  /// `2026-02-10 resend 1`.
  package var text: String {
    switch self {
    case .insert: Mark.insert
    case .change(let id): "\(Mark.change) \(id)"
    case .anchor(let anchor, nil, 1): anchor
    case .anchor(let anchor, let number, let row):
      anchor + (number.map { "#\($0)" } ?? "") + (row == 1 ? "" : " \(Mark.row) \(row)")
    case .correction(let told, let number): "\(told.text) \(Mark.correction) \(number)"
    case .resend(let original, let number): "\(original.text) \(Mark.resend) \(number)"
    }
  }

  package var description: String { text }

  /// The anchor of a dated cycle; a correction's is the date that it tells.
  package var anchor: String? {
    switch self {
    case .anchor(let anchor, _, _): anchor
    case .correction(let told, _): told.anchor
    case .insert, .change, .resend: nil
    }
  }

  /// Whether it is the cycle of a correction.
  package var isCorrection: Bool {
    if case .correction = self { true } else { false }
  }

  /// The date of a row that a dated cycle counts from. The day or the period of a recurrence is no part of it.
  package var date: Substring? { anchor?.prefix { $0 != Cycle.daySeparator } }

  /// Separates the row's date from the day of a recurrence rule, `2026-01-31/2026-02-27`, or from the period of a
  /// recurrence, `2026-02-10/P2W#3`.
  static let daySeparator: Character = "/"

  /// The same recurrence under a name that tells its period; nil if its number alone does not name it.
  func of(_ period: Period) -> Cycle? {
    guard case .anchor(let anchor, let number?, let row) = self,
      !anchor.contains(Cycle.daySeparator)
    else { return nil }
    return .anchor("\(anchor)\(Cycle.daySeparator)\(period.code)", number: number, row: row)
  }

  /// A recurrence whose name tells this period, by its number alone; any other cycle as it is.
  func byNumber(of period: Period) -> Cycle {
    guard case .anchor(let anchor, let number?, let row) = self else { return self }
    let date = String(anchor.prefix { $0 != Cycle.daySeparator })
    let plain = Cycle.anchor(date, number: number, row: row)
    return plain.of(period) == self ? plain : self
  }

  /// Whether its name tells the period of a recurrence.
  var tellsPeriod: Bool {
    guard case .anchor(let anchor, _?, _) = self else { return false }
    return anchor.contains(Cycle.daySeparator)
  }

  /// Whether one of two cycles counts from a day, and the other from a minute of that day.
  func isSameDay(as other: Cycle) -> Bool {
    guard case .anchor(let one, nil, let row) = self,
      case .anchor(let two, nil, row) = other
    else { return false }
    let (day, minute) = one.utf8.count < two.utf8.count ? (one, two) : (two, one)
    return minute.utf8.starts(with: "\(day)T".utf8)
  }

  /// The number of the recurrence; nil where the cycle is not one of a recurrence.
  package var number: Int? {
    if case .anchor(_, let number, _) = self { number } else { nil }
  }

  /// What the steps and recurrences of one occurrence have in common: the date of the row, or the change.
  package var occurrence: Cycle {
    switch self {
    case .insert, .change: self
    case .anchor(let anchor, _, let row):
      .anchor(String(anchor.prefix { $0 != Cycle.daySeparator }), number: nil, row: row)
    case .correction(let told, _): told.occurrence
    case .resend(let original, _): original.occurrence
    }
  }

  /// A dated cycle as that of the key's so many-th row.
  package func ofRow(_ row: Int) -> Cycle {
    switch self {
    case .anchor(let anchor, let number, _): .anchor(anchor, number: number, row: row)
    case .correction(let told, let number): .correction(to: told.ofRow(row), number: number)
    case .insert, .change, .resend: self
    }
  }

  /// The cycle that was sent again, or this one.
  package var original: Cycle {
    if case .resend(let original, _) = self { original } else { self }
  }
}
