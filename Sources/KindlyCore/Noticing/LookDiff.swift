/// Compares what a look reads with what is known, and gathers what differs.
///
/// A look first applies the change log, which is exact about order, and then compares rows, which is the truth. What it
/// gathers is kept only when the guards have passed it, so that a database restored empty fires nothing.
package struct LookDiff: Sendable {
  package struct Settings: Sendable {
    package let now: Instant
    package let columns: ComparedColumns
    /// The number of the present set of compared columns.
    package let columnSet: Int
    /// The first fill, or one that a person told to fire nothing.
    package let isBaseline: Bool
    package let reappearingInserts: Bool

    package init(
      now: Instant, columns: ComparedColumns, columnSet: Int, isBaseline: Bool,
      reappearingInserts: Bool
    ) {
      self.now = now
      self.columns = columns
      self.columnSet = columnSet
      self.isBaseline = isBaseline
      self.reappearingInserts = reappearingInserts
    }
  }

  /// A key must be missing in two looks at least this far apart before it counts as deleted.
  package static let deleteDelay = Duration.minutes(1)

  /// The set of a fingerprint that cannot be compared; real sets count from one.
  private static let unknownColumnSet = -1

  private let settings: Settings
  /// What this look makes of a row; it overlays what the ledger knows.
  private var pending: [SortKey: KnownRow] = [:]
  package private(set) var changes: [ChangeDraft] = []
  /// Distinct keys that were known before this look and are missing or gone after it.
  private var vanished: Set<SortKey> = []
  private var changed: Set<SortKey> = []
  /// Whether some row is missing but not yet long enough to be gone.
  package private(set) var awaitsSecondLook = false

  package init(_ settings: Settings) {
    self.settings = settings
  }

  package var upserts: [KnownRow] { pending.values.sorted { $0.key < $1.key } }
  package var vanishedCount: Int { vanished.count }
  package var changedCount: Int { changed.count }
  package var isEmpty: Bool { pending.isEmpty && changes.isEmpty }

  /// Takes what was gathered so far away, so that a long baseline can be kept slice by slice.
  package mutating func takeUpserts() -> [KnownRow] {
    defer { pending.removeAll(keepingCapacity: true) }
    return upserts
  }

  /// Compares a slice of a sweep with the known rows of the same range; both in rising order of the key.
  package mutating func merge(_ rows: [SourceRow], known: [KnownRow]) {
    var index = 0
    for row in rows {
      while index < known.count, known[index].key < row.key {
        miss(known[index])
        index += 1
      }
      let isKnown = index < known.count && known[index].key == row.key
      see(row, known: isKnown ? known[index] : nil)
      if isKnown { index += 1 }
    }
    for row in known[index...] { miss(row) }
  }

  /// Compares rows that a cursor pointed at; says nothing about rows that are not among them.
  package mutating func compare(_ rows: [SourceRow], known: [SortKey: KnownRow]) {
    for row in rows { see(row, known: known[row.key]) }
  }

  /// Applies entries of a change log in their order.
  package mutating func apply(_ logged: [LoggedChange], known: [SortKey: KnownRow]) {
    for change in logged {
      let before = pending[change.key] ?? known[change.key]
      switch change.operation {
      case .insert, .update: write(change, before: before)
      case .delete:
        guard let before, !before.isGone else { continue }
        gone(before, old: change.old ?? before.old)
      }
    }
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
    } else {
      // Without a fingerprint of the same columns only the columns changed, as far as anyone can tell.
      isSame = true
    }
    if known.isGone {
      reappear(noticed(row), exact: false)
    } else if !isSame {
      update(known, to: noticed(row), exact: false)
    } else if known.missingSince != nil || known.columnSet != settings.columnSet {
      vanished.remove(row.key)
      pending[row.key] = noticed(row)
    }
  }

  /// What this look has made of a key so far. Mostly nothing of any key, and then none is looked for.
  private func overlaid(_ key: SortKey) -> KnownRow? { pending.isEmpty ? nil : pending[key] }

  private func noticed(_ row: SourceRow) -> KnownRow {
    KnownRow(
      key: row.key, hash: row.hash, columnSet: settings.columnSet, old: named(row.captured))
  }

  private mutating func miss(_ known: KnownRow) {
    // A row that the log has just written or taken away is settled by the log.
    guard overlaid(known.key) == nil, !known.isGone else { return }
    // What a person took as it is needs no second look, which would then fire the delete.
    if settings.isBaseline { return gone(known, old: known.old) }
    vanished.insert(known.key)
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

  private mutating func write(_ change: LoggedChange, before: KnownRow?) {
    let values = change.new ?? [:]
    var hash = RowHash()
    for column in settings.columns.compared { hash.combine(values[column] ?? .null) }
    // A log that was set up before a column came tells nothing about it: the next sweep takes the row as it is.
    let isWhole = settings.columns.compared.allSatisfy { values[$0] != nil }
    let columnSet = isWhole ? settings.columnSet : LookDiff.unknownColumnSet
    let next = KnownRow(key: change.key, hash: hash, columnSet: columnSet, old: values)
    guard let before else {
      insert(next, exact: true)
      return
    }
    if before.isGone {
      reappear(next, exact: true)
    } else {
      update(
        KnownRow(
          key: before.key, hash: before.hash, columnSet: before.columnSet,
          old: change.old ?? before.old), to: next, exact: true)
    }
  }

  private mutating func insert(_ next: KnownRow, exact: Bool) {
    pending[next.key] = next
    draft(.insert, next.key, old: nil, new: exact ? next.old : nil, changed: [])
  }

  private mutating func reappear(_ next: KnownRow, exact: Bool) {
    pending[next.key] = next
    vanished.remove(next.key)
    guard settings.reappearingInserts else { return }
    draft(.insert, next.key, old: nil, new: exact ? next.old : nil, changed: [])
  }

  private mutating func update(_ known: KnownRow, to next: KnownRow, exact: Bool) {
    pending[next.key] = next
    vanished.remove(next.key)
    let differing = settings.columns.captured.filter {
      // A column that was not captured before has no old value to differ from.
      guard let old = known.old[$0] else { return false }
      return !old.isSame(as: next.old[$0] ?? .null)
    }
    // The log is written for every UPDATE statement, also for one that changed nothing.
    if exact && differing.isEmpty { return }
    changed.insert(next.key)
    draft(.update, next.key, old: known.old, new: exact ? next.old : nil, changed: differing)
  }

  private mutating func gone(_ known: KnownRow, old: RowValues) {
    vanished.insert(known.key)
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
  /// Whether two values are one to a person: 42 and 42.0 are.
  package func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.integer(let left), .real(let right)), (.real(let right), .integer(let left)):
      Double(left) == right
    default: self == other
    }
  }
}
