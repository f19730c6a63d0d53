/// Why a look records the rows as they are and fires nothing.
package enum LookBaseline: Hashable, Sendable {
  /// The watch was never looked at to the end.
  case first
  /// A person said so with `kindly source ignore`.
  case ignored
  /// The known rows belong to another table, query or key.
  case redefined
  /// No rule asked for changes for so long that a letter about them would be too late.
  case unwatched
}

extension WatchStanding {
  /// Why the next look fires nothing; nil if its changes fire.
  ///
  /// What a person accepted fires, except for rows that only another definition brings: who accepts that known rows are gone
  /// does not say that all others are new.
  package func baseline(of watch: Watch, now: Instant) -> LookBaseline? {
    if !hasBaseline { return .first }
    if isRedefined(by: watch) { return .redefined }
    if !acceptsNext, let since = unwatchedSince, now > since + Lateness.afterChange {
      return .unwatched
    }
    return ignoresNext ? .ignored : nil
  }

  /// Whether the known rows are those of another definition. A ledger that never kept one has the present one.
  package func isRedefined(by watch: Watch) -> Bool {
    definition.map { $0 != watch.definition } ?? false
  }
}

extension Watch {
  /// The hash of what decides which rows the watch has and what names them.
  ///
  /// The source has no part in it: its name may change, and another database is told by its identity. Nor have the blanks
  /// and line breaks of a query.
  package var definition: RowHash {
    var hash = RowHash()
    switch relation {
    case .table(let name): hash.combine(.text("table \(name)"))
    case .query(let sql):
      let words = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      hash.combine(.text("query \(words)"))
    }
    for column in key { hash.combine(.text(column)) }
    return hash
  }
}
