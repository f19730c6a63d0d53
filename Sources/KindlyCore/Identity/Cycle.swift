/// What tells one occurrence from the others of the same rule and row.
///
/// Offset, time of day, condition, template and time zone are no part of it, so editing them repeats nothing.
package struct Cycle: Hashable, Sendable, CustomStringConvertible {
  /// The text the ledger stores: `insert`, `change 17`, `2026-02-10`, `2026-02-10T01:30Z` or `2026-02-10#3`.
  /// Where the key had another row before, a dated one ends in the number of its row: `2026-02-10 row 2`.
  package let text: String

  /// A cycle as the ledger stores it; nothing is checked.
  package init(stored text: String) {
    self.text = text
  }

  /// A key is inserted once for ever.
  package static let insert = Cycle(stored: "insert")

  /// An update or delete happens at each noticed change; the id is that of the ledger's `changes`.
  package static func change(_ id: Int64) -> Cycle { Cycle(stored: "change \(id)") }

  /// The `n`-th recurrence counted from an anchor, or the anchor itself where there is none.
  package static func anchor(_ anchor: String, number: Int?) -> Cycle {
    Cycle(stored: number.map { "\(anchor)#\($0)" } ?? anchor)
  }

  /// The anchor of a dated cycle, without the number of the recurrence.
  package var anchor: String { String(text.prefix { $0 != "#" && $0 != " " }) }

  /// The same cycle of the key's so many-th row.
  package func ofRow(_ number: Int) -> Cycle { Cycle(stored: "\(text) \(Cycle.rowMark) \(number)") }

  /// The cycle without the number of the key's row; what a person sent again has a cycle of its own.
  package var withoutRow: Cycle {
    let words = text.split(separator: " ")
    return words.count == 3 && words[1] == Cycle.rowMark ? Cycle(stored: String(words[0])) : self
  }

  private static let rowMark = "row"

  package var description: String { text }
}
