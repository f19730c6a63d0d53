/// Which columns of a watch are compared, and which of them are kept as old values.
package struct ComparedColumns: Hashable, Sendable {
  /// The columns whose fingerprint tells an update, in a fixed order.
  package let compared: [String]
  /// The columns that some rule names, kept for `old` and for judging updates later; at most 32. They are a part of
  /// `compared`, except for those that a purge of the ledger empties.
  package let captured: [String]
  /// The columns that identify the subject of a row, so that a reused key is recognised; a subset of `captured`.
  package let witnesses: [String]
  /// The witnesses that no rule names: a change of them is stored but is not an update.
  package let silent: [String]

  package static let mostCaptured = 32

  package init(
    compared: [String], captured: [String], witnesses: [String] = [], silent: [String] = []
  ) {
    self.compared = compared
    self.captured = captured
    self.witnesses = witnesses
    self.silent = silent
  }
}

/// One row as a look read it.
package struct SourceRow: Hashable, Sendable {
  package let key: SortKey
  package let hash: RowHash
  /// The hash over the formerly compared columns, if the set has changed and they all still exist.
  package let formerHash: RowHash?
  /// The values of the captured columns, in their order.
  package let captured: [Value]

  package init(key: SortKey, hash: RowHash, formerHash: RowHash? = nil, captured: [Value]) {
    self.key = key
    self.hash = hash
    self.formerHash = formerHash
    self.captured = captured
  }
}

/// Asks for the next rows of a sweep.
package struct SweepRequest: Hashable, Sendable {
  package let watch: Watch
  package let columns: ComparedColumns
  /// The columns compared before a change of the set; nil where the set is the same.
  package let formerColumns: [String]?
  /// The last key of the slice before; nil for the first.
  package let after: SortKey?
  /// How far the change log was read; nil where the watch has no change log.
  package let logAfter: LogPlace?
  /// Whether rows are wanted too; false reads the change log alone.
  package let readsRows: Bool

  package init(
    watch: Watch, columns: ComparedColumns, formerColumns: [String]? = nil, after: SortKey? = nil,
    logAfter: LogPlace? = nil, readsRows: Bool = true
  ) {
    self.watch = watch
    self.columns = columns
    self.formerColumns = formerColumns
    self.after = after
    self.logAfter = logAfter
    self.readsRows = readsRows
  }
}

/// The rows and log entries of one short transaction.
package struct SweepSlice: Hashable, Sendable {
  /// In rising order of the key, all greater than the request's `after`, at most 5,000.
  package var rows: [SourceRow]
  /// The upper end of what was read: every key in (after, through] is in `rows`. Nil means the end of the table.
  package var through: SortKey?
  /// Entries of the change log after the request's position, in order, at most 5,000.
  package var logged: [LoggedChange]
  /// Whether the log holds more than was returned; `rows` is empty then, because they would be newer than the log.
  package var hasMoreLog: Bool
  /// The highest id that the change log ever gave; below a position read before, the log went back.
  package var logHead: Int64?
  /// Where the next slice of the log continues; the beginning if the log went back, nil if no log was read.
  package var logPlace: LogPlace?
  package var refused: RefusedKeys
  /// Keys that several rows have, in rising order; these rows are refused, and what is known of the keys stays as it is.
  package var disputed: [SortKey]
  /// How many rows of the whole table could not be read; while there are some, a key that is missing may be one of theirs.
  package var unread = 0

  package init(
    rows: [SourceRow] = [], through: SortKey? = nil, logged: [LoggedChange] = [],
    hasMoreLog: Bool = false, logHead: Int64? = nil, logPlace: LogPlace? = nil,
    refused: RefusedKeys = RefusedKeys(), disputed: [SortKey] = []
  ) {
    self.rows = rows
    self.through = through
    self.logged = logged
    self.hasMoreLog = hasMoreLog
    self.logHead = logHead
    self.logPlace = logPlace
    self.refused = refused
    self.disputed = disputed
  }
}

/// How far a change log was read.
package struct LogPlace: Hashable, Sendable {
  /// The highest id that was read.
  package var position: Int64
  /// The transactions that were read, in a log where a lower id may be committed later; NULL if ids are in commit
  /// order.
  package var transactions: Value

  package init(position: Int64, transactions: Value = .null) {
    self.position = position
    self.transactions = transactions
  }

  /// Before the first entry.
  package static let start = LogPlace(position: 0)
}

/// Rows that have no identity; counted and shown, never acted upon.
package struct RefusedKeys: Hashable, Sendable {
  package var missing: Int
  package var duplicate: Int

  package init(missing: Int = 0, duplicate: Int = 0) {
    self.missing = missing
    self.duplicate = duplicate
  }

  package var isEmpty: Bool { missing == 0 && duplicate == 0 }
}

/// One entry of a change log: a committed change in commit order.
package struct LoggedChange: Hashable, Sendable {
  package let id: Int64
  package let operation: ChangeOperation
  package let key: SortKey
  /// The captured columns before; nil for an insert.
  package let old: RowValues?
  /// The captured columns after; nil for a delete.
  package let new: RowValues?

  package init(
    id: Int64, operation: ChangeOperation, key: SortKey, old: RowValues?, new: RowValues?
  ) {
    self.id = id
    self.operation = operation
    self.key = key
    self.old = old
    self.new = new
  }
}

/// What happened to a row.
package enum ChangeOperation: Int, Hashable, Sendable, CaseIterable {
  case insert = 1
  case update = 2
  case delete = 3

  package var word: String {
    switch self {
    case .insert: "insert"
    case .update: "update"
    case .delete: "delete"
    }
  }
}

/// Asks for the rows that a cursor column points at.
package struct CursorRequest: Hashable, Sendable {
  package let watch: Watch
  package let column: String
  package let columns: ComparedColumns
  package let formerColumns: [String]?
  /// The cursor's value up to which everything was seen; rows at this very value are given again.
  package let from: Value
  /// Where the slice before ended; nil for the first.
  package let after: CursorPlace?
  /// Whether rows are left out whose keys other rows have too. It takes a query of its own.
  package let leavesOutShared: Bool

  package init(
    watch: Watch, column: String, columns: ComparedColumns, formerColumns: [String]? = nil,
    from: Value, after: CursorPlace? = nil, leavesOutShared: Bool = false
  ) {
    self.watch = watch
    self.column = column
    self.columns = columns
    self.formerColumns = formerColumns
    self.from = from
    self.after = after
    self.leavesOutShared = leavesOutShared
  }
}

/// Where a slice of rows in the order of the cursor ended.
package struct CursorPlace: Hashable, Sendable {
  package let value: Value
  package let key: SortKey

  package init(value: Value, key: SortKey) {
    self.value = value
    self.key = key
  }
}

/// The rows that a cursor column pointed at in one short transaction.
package struct CursorSlice: Hashable, Sendable {
  /// In the order of the cursor column and the key, at most 5,000.
  package var rows: [SourceRow]
  /// Where to go on; nil when everything was read.
  package var next: CursorPlace?
  /// The highest value that the cursor column holds now; below `from`, rows at the top are gone: sweep.
  package var head: Value
  package var refused: RefusedKeys

  package init(
    rows: [SourceRow], next: CursorPlace?, head: Value, refused: RefusedKeys = RefusedKeys()
  ) {
    self.rows = rows
    self.next = next
    self.head = head
    self.refused = refused
  }
}
