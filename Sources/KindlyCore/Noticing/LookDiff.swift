/// Compares what a look reads with the known rows and collects the differences.
///
/// A look first applies the change log, which is exact about order, and then compares rows, which is the truth. The
/// differences are kept only after the guards have passed them, so that a database restored empty fires nothing. The
/// caller can take away what has been collected so far while reading a large table. The counts are kept, so memory
/// stays small whatever changes.
package struct LookDiff: Sendable {
  package struct Settings: Sendable {
    package let now: Instant
    package let columns: ComparedColumns
    /// The number of the present set of compared columns.
    package let columnSet: Int
    /// Whether this is the first fill, or a look that a person told to fire nothing.
    package let isBaseline: Bool
    /// Whether a missing row is gone at once, because a person accepted the vanished rows.
    package let takesMissingAsGone: Bool
    package let reappearingInserts: Bool
    /// Whether an insert keeps its row too, because its conditions are evaluated when it is planned.
    package let keepsInserted: Bool

    package init(
      now: Instant, columns: ComparedColumns, columnSet: Int, isBaseline: Bool,
      takesMissingAsGone: Bool = false, reappearingInserts: Bool, keepsInserted: Bool = false
    ) {
      self.now = now
      self.columns = columns
      self.columnSet = columnSet
      self.isBaseline = isBaseline
      self.takesMissingAsGone = takesMissingAsGone
      self.reappearingInserts = reappearingInserts
      self.keepsInserted = keepsInserted
    }
  }

  /// A key must be missing in two looks at least this far apart before it counts as deleted.
  package static let deleteDelay = Duration.minutes(1)

  /// The set of a fingerprint that cannot be compared; real sets count from one.
  private static let unknownColumnSet = -1

  private let settings: Settings
  /// The places of the captured columns that are not compared.
  private let uncompared: [Int]
  /// The rows as this look leaves them; they take precedence over what the ledger knows.
  private var pending: [SortKey: KnownRow] = [:]
  package private(set) var changes: [ChangeDraft] = []
  /// The hashes of keys that were known before this look and are missing or gone after it.
  ///
  /// A million keys would need 100 MB, a million hashes a tenth of that. Two keys with the same hash count as one,
  /// which makes no difference to a guard.
  private var vanished: Set<Int> = []
  private var changed: Set<Int> = []
  private var hasTaken = false
  /// Whether some row is missing but not yet long enough to be gone.
  package private(set) var awaitsSecondLook = false

  package init(_ settings: Settings) {
    self.settings = settings
    let columns = settings.columns
    uncompared = columns.captured.indices.filter {
      !columns.compared.containsExactly(columns.captured[$0])
    }
  }

  package var upserts: [KnownRow] { pending.values.sorted { $0.key < $1.key } }
  package var vanishedCount: Int { vanished.count }
  package var changedCount: Int { changed.count }
  /// Whether nothing differed in the whole look.
  package var isEmpty: Bool { gathered == 0 && !hasTaken }
  /// How many differences have been collected since they were last taken away.
  package var gathered: Int { pending.count + changes.count }

  /// Takes away the changes collected so far, and the rows up to a key (all rows if nil). The counts are kept.
  ///
  /// Rows beyond that key, which a sweep has yet to compare, stay as the change log left them.
  package mutating func take(
    through last: SortKey? = nil
  ) -> (upserts: [KnownRow], changes: [ChangeDraft]) {
    guard gathered > 0 else { return ([], []) }
    hasTaken = true
    defer { changes.removeAll(keepingCapacity: true) }
    let rows = upserts
    guard let last, let end = rows.firstIndex(where: { last < $0.key }) else {
      pending.removeAll(keepingCapacity: true)
      return (rows, changes)
    }
    for row in rows[..<end] { pending[row.key] = nil }
    return (Array(rows[..<end]), changes)
  }

  /// Compares a slice of a sweep with the known rows of the same range; both in rising order of the key.
  ///
  /// A key that is missing counts as such only where all rows could be read, and where it is not that of several rows.
  package mutating func merge(
    _ rows: ArraySlice<SourceRow>, known: [KnownRow], disputed: Set<SortKey> = [],
    readsAll: Bool = true
  ) {
    func isMissing(_ row: KnownRow) -> Bool { readsAll && !disputed.contains(row.key) }
    var index = 0
    for row in rows {
      while index < known.count, known[index].key < row.key {
        if isMissing(known[index]) { miss(known[index]) }
        index += 1
      }
      let isKnown = index < known.count && known[index].key == row.key
      see(row, known: isKnown ? known[index] : nil)
      if isKnown { index += 1 }
    }
    for row in known[index...] where isMissing(row) { miss(row) }
  }

  /// Compares rows that a cursor pointed at; says nothing about rows that are not among them.
  package mutating func compare(_ rows: [SourceRow], known: [SortKey: KnownRow]) {
    for row in rows { see(row, known: known[row.key]) }
  }

  /// Applies entries of a change log in their order.
  ///
  /// A row that is deleted and written again in one look, as REPLACE does, is updated, as it is where rows are
  /// compared. Its delete is no change then, unless it was among earlier entries, which are already counted.
  package mutating func apply(_ logged: [LoggedChange], known: [SortKey: KnownRow]) {
    var deletes: [SortKey: Int] = [:]
    var revoked: Set<Int> = []
    for change in logged {
      let before = pending[change.key] ?? known[change.key]
      switch change.operation {
      case .insert, .update:
        let next = row(of: change)
        if let before, isReplacement(next, of: before) {
          if let place = deletes.removeValue(forKey: change.key) { revoked.insert(place) }
          update(before, to: next, exact: true)
        } else {
          write(next, over: before, old: change.old)
        }
      case .delete:
        guard let before, !before.isGone else { continue }
        let place = changes.count
        gone(before, old: change.old ?? before.old)
        if changes.count > place { deletes[change.key] = place }
      }
    }
    guard !revoked.isEmpty else { return }
    changes = changes.enumerated().filter { !revoked.contains($0.offset) }.map { $0.element }
  }

  /// Whether a row was deleted in this very look and is written again, for the same customer.
  private func isReplacement(_ next: KnownRow, of before: KnownRow) -> Bool {
    before.isGone && vanished.contains(before.key.hashValue) && !settings.reappearingInserts
      && settings.columns.turned(from: before.old, to: next.old).isEmpty
  }

  private mutating func see(_ row: SourceRow, known: KnownRow?) {
    guard let known = overlaid(row.key) ?? known else {
      insert(noticed(row), exact: false)
      return
    }
    let isSame: Bool
    if known.columnSet == settings.columnSet {
      isSame = known.hash == row.hash
    } else if known.columnSet == settings.columnSet - 1, let former = row.formerHash {
      isSame = known.hash == former
    } else if known.columnSet == LookDiff.unknownColumnSet {
      isSame = agrees(row, with: known.old)
    } else {
      // Without a fingerprint of the same columns there is nothing to compare: assume that only the column set changed.
      isSame = true
    }
    if known.isGone {
      reappear(noticed(row), after: known, exact: false)
    } else if !isSame {
      update(known, to: noticed(row), exact: false)
    } else if known.missingSince != nil || known.columnSet != settings.columnSet
      || isOutdated(known, by: row)
    {
      vanished.remove(row.key.hashValue)
      pending[row.key] = noticed(row)
    }
  }

  /// Whether a row holds what an entry of the log said, as far as the values were kept.
  private func agrees(_ row: SourceRow, with old: RowValues) -> Bool {
    zip(settings.columns.captured, row.captured).allSatisfy { name, value in
      guard settings.columns.compared.containsExactly(name), let told = old[name] else {
        return true
      }
      return told.isSame(as: value) || told.isShortened(of: value)
    }
  }

  /// Whether a column that is kept but not compared has a new value. The row is then kept again, which is no update.
  private func isOutdated(_ known: KnownRow, by row: SourceRow) -> Bool {
    if uncompared.isEmpty { return false }
    let old = known.old
    return uncompared.contains { place in
      old[settings.columns.captured[place]]?.isSame(as: row.captured[place]) != true
    }
  }

  /// The row as this look left it; nil if the look has not touched it. Mostly it has touched no row at all, and then no
  /// lookup is made.
  private func overlaid(_ key: SortKey) -> KnownRow? { pending.isEmpty ? nil : pending[key] }

  private func noticed(_ row: SourceRow) -> KnownRow {
    KnownRow(
      key: row.key, hash: row.hash, columnSet: settings.columnSet, old: named(row.captured))
  }

  private mutating func miss(_ known: KnownRow) {
    // If the log has just written or deleted the row, the log has the last word.
    guard overlaid(known.key) == nil, !known.isGone else { return }
    // What a person has decided needs no second look: it would fire what was ignored, or ask again.
    if settings.isBaseline || settings.takesMissingAsGone { return gone(known, old: known.old) }
    vanished.insert(known.key.hashValue)
    guard let since = known.missingSince else {
      awaitsSecondLook = true
      pending[known.key] = KnownRow(
        key: known.key, hash: known.hash, columnSet: known.columnSet, old: known.old,
        missingSince: settings.now)
      return
    }
    if settings.now >= since + LookDiff.deleteDelay {
      gone(known, old: known.old)
    } else {
      awaitsSecondLook = true
    }
  }

  /// The row as an entry of the log leaves it.
  private func row(of change: LoggedChange) -> KnownRow {
    let values = change.new ?? [:]
    var hash = RowHash()
    for column in settings.columns.compared { hash.combine(values[column] ?? .null) }
    // A log that was set up before a column was added says nothing about that column, and SQLite writes a REAL with 15
    // digits; the next sweep reads the row.
    let isWhole = settings.columns.compared.allSatisfy { values[$0]?.isExactInJSON == true }
    let columnSet = isWhole ? settings.columnSet : LookDiff.unknownColumnSet
    return KnownRow(key: change.key, hash: hash, columnSet: columnSet, old: values)
  }

  private mutating func write(_ next: KnownRow, over before: KnownRow?, old: RowValues?) {
    guard let before else {
      insert(next, exact: true)
      return
    }
    if before.isGone {
      reappear(next, after: before, exact: true)
    } else {
      update(
        KnownRow(
          key: before.key, hash: before.hash, columnSet: before.columnSet, old: old ?? before.old),
        to: next, exact: true)
    }
  }

  private mutating func insert(_ next: KnownRow, exact: Bool) {
    pending[next.key] = next
    draft(.insert, next.key, old: nil, new: inserted(next, exact: exact), changed: [])
  }

  /// A row whose key was gone: either the same row is back, or another row was given its key.
  private mutating func reappear(_ next: KnownRow, after former: KnownRow, exact: Bool) {
    pending[next.key] = next
    vanished.remove(next.key.hashValue)
    let differing = settings.columns.turned(from: former.old, to: next.old)
    guard settings.reappearingInserts || !differing.isEmpty else { return }
    draft(.insert, next.key, old: nil, new: inserted(next, exact: exact), changed: differing)
  }

  /// What is kept of an inserted row. A million inserts would need as many images, so most watches keep none.
  private func inserted(_ row: KnownRow, exact: Bool) -> RowValues? {
    exact || settings.keepsInserted ? row.old : nil
  }

  private mutating func update(_ known: KnownRow, to next: KnownRow, exact: Bool) {
    pending[next.key] = next
    vanished.remove(next.key.hashValue)
    let differing = settings.columns.captured.filter {
      // A column that was not captured before has no old value to differ from.
      guard let old = known.old[$0] else { return false }
      return !old.isSame(as: next.old[$0] ?? .null)
    }
    // The log is written for every UPDATE statement, also for one that changed nothing.
    if exact && differing.isEmpty { return }
    if !differing.isEmpty, differing.allSatisfy(settings.columns.silent.containsExactly) { return }
    changed.insert(next.key.hashValue)
    // The rule may be evaluated much later, after further changes to the row.
    draft(.update, next.key, old: known.old, new: next.old, changed: differing)
  }

  private mutating func gone(_ known: KnownRow, old: RowValues) {
    vanished.insert(known.key.hashValue)
    pending[known.key] = KnownRow(
      key: known.key, hash: known.hash, columnSet: known.columnSet, old: old, isGone: true)
    draft(.delete, known.key, old: old, new: nil, changed: [])
  }

  private mutating func draft(
    _ operation: ChangeOperation, _ key: SortKey, old: RowValues?, new: RowValues?,
    changed: [String]
  ) {
    guard !settings.isBaseline, let rowKey = key.rowKey else { return }
    changes.append(
      ChangeDraft(operation: operation, key: rowKey, old: old, new: new, changed: changed))
  }

  private func named(_ captured: [Value]) -> RowValues {
    RowValues(
      uniqueKeysWithValues: zip(settings.columns.captured, captured).map { (ExactText($0), $1) })
  }
}

extension Value {
  /// Whether a number that was written with 15 digits is certainly the number that the row holds.
  fileprivate var isExactInJSON: Bool {
    switch self {
    case .real(let number): Int64(exactly: number) != nil && abs(number) < 1e15
    case .null, .integer, .text, .blob: true
    }
  }

  /// Whether it may be another number as it was written with 15 digits.
  fileprivate func isShortened(of other: Value) -> Bool {
    guard case .real(let short) = self, case .real(let whole) = other else { return false }
    return abs(short - whole) <= abs(whole) * 1e-14
  }

  /// Whether two values are one to a person: 42 and 42.0 are.
  package func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.integer(let left), .real(let right)), (.real(let right), .integer(let left)):
      Double(left) == right
    case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): self == other
    }
  }
}
