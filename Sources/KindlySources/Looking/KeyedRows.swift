import KindlyCore

/// Collects the rows of one slice in key order, and refuses rows without a unique key.
///
/// A row is held back until the next key is seen, because a second row with the same key refuses both.
struct KeyedRows<Row> {
  private(set) var rows: [Row] = []
  private(set) var refused = RefusedKeys()
  /// Keys that several rows have.
  private(set) var disputed: [SortKey] = []
  /// The place up to which all rows are decided; later rows are read again by the next slice.
  private(set) var through: Place?

  /// A key, and what stands before it in the order of the rows.
  struct Place: Equatable {
    var value = Value.null
    let key: SortKey
  }

  private var pending: (place: Place, row: Row, copies: Int)?
  /// Rows without a key that were read before the pending row, and after it.
  private var missingBefore = 0
  private var missingAfter = 0
  private var decided = 0
  private let capacity: Int
  private let end: SliceEnd
  /// How many rows are taken between two looks at the clock.
  private static var rowsBetweenChecks: Int { 64 }

  init(capacity: Int, end: SliceEnd) {
    self.capacity = capacity
    self.end = end
    rows.reserveCapacity(min(capacity, 512))
  }

  /// Takes the next row; false when the slice is full and this row belongs to the next one.
  mutating func take(_ place: Place?, _ row: @autoclosure () -> Row) -> Bool {
    guard let place else {
      if pending == nil { missingBefore += 1 } else { missingAfter += 1 }
      return true
    }
    if pending?.place == place {
      pending?.copies += 1
      return true
    }
    if pending != nil {
      decide()
      if isFull { return false }
    }
    pending = (place, row(), 1)
    missingBefore += missingAfter
    missingAfter = 0
    return true
  }

  /// Ends the slice where the rows end.
  mutating func finish() {
    decide()
    refused.missing += missingBefore + missingAfter
    through = nil
  }

  /// Refuses the rows whose keys others have in another form.
  mutating func refuse(_ twins: Set<SortKey>, key: (Row) -> SortKey) {
    let others = rows.map(key).filter(twins.contains)
    guard !others.isEmpty else { return }
    rows.removeAll { twins.contains(key($0)) }
    refused.duplicate += others.count
    disputed = (disputed + others).sorted()
  }

  private mutating func decide() {
    guard let (place, row, copies) = pending else { return }
    if copies == 1 {
      rows.append(row)
    } else {
      refused.duplicate += copies
      disputed.append(place.key)
    }
    refused.missing += missingBefore
    missingBefore = 0
    decided += 1
    through = place
    pending = nil
  }

  private var isFull: Bool {
    rows.count + disputed.count >= capacity
      || decided % KeyedRows.rowsBetweenChecks == 0 && end.hasCome
  }
}
