package import KindlyCore

/// The columns of a watch that its change rules name: those to compare, and those to keep of each known row.
package struct WatchColumns: Hashable, Sendable {
  private let watch: Watch
  /// The columns of every `update of`, each once, in order.
  package private(set) var updated: [String] = []
  /// Whether a rule asks for an update of any column.
  package private(set) var anyUpdate = false
  /// The columns that conditions name as `old.COLUMN`. What letters name adds nothing to what is kept.
  package private(set) var old: [String] = []
  /// Whether any rule asks for changes of this watch.
  package let isWatched: Bool
  /// Every name in a condition that may be a column, in lower case.
  private var mentioned: Set<ExactText> = []
  /// Columns that enter a message only, in lower case; they are compared, and never kept.
  private let secret: Set<ExactText>
  /// The directory's columns for reaching customers: after a row is deleted, only these still tell how.
  private let reach: [String]
  /// The columns that identify the subject of a row, so that a reused key is recognised.
  private let witnesses: [String]

  package init(watch: Watch, rules: [Rule], directory: PeopleDirectory?) {
    self.watch = watch
    let steps = rules.filter { $0.watch == watch.name }.flatMap(\.steps).filter(\.when.isChange)
    isWatched = !steps.isEmpty
    secret = Set((directory?.secretColumns(of: watch) ?? []).map(\.folded))
    let isDirectory =
      directory?.watch == watch.name && steps.contains { $0.when.change?.includes(.delete) == true }
    reach = isDirectory ? directory?.reachColumns ?? [] : []
    let mayMeetReuse =
      steps.contains { $0.when.change?.includes(.insert) == true } && !watch.reappearingInserts
    let persons = directory?.watch == watch.name ? directory?.identifyingColumns ?? [] : []
    witnesses = mayMeetReuse ? [watch.customerColumn].compactMap(\.self) + persons : []
    for step in steps { add(step) }
  }

  private mutating func add(_ step: Step) {
    if let names = step.when.change?.updated {
      anyUpdate = anyUpdate || names.isEmpty
      updated += names.filter { !updated.containsExactly($0) }
    }
    for condition in step.conditions {
      // A condition that cannot be read names no columns; it was refused when the rules were loaded.
      guard let text = try? ConditionText(condition) else { continue }
      old += text.oldColumns.filter { !old.containsExactly($0) }
      mentioned.formUnion(text.identifiers.map { ($0.parts.last ?? "").folded })
    }
  }

  /// The secret columns that rules name in `update of` or as `old.COLUMN`, of which no former value is ever known.
  package var unkept: [String] {
    var seen: Set<ExactText> = []
    return (updated + old).filter { secret.contains($0.folded) && seen.insert($0.folded).inserted }
  }

  /// Chooses from the columns that the watch has now. A missing column is left out, and `check` reports it.
  ///
  /// A plain `update` compares all columns except those that a purge of Kindly's own ledger empties. `update of`
  /// compares only the named ones. Kept are the columns named by `update of`, by a condition or as the customer's key,
  /// and, in a watch with inserts, those that identify the subject of a row, at most 32. If a change log is the only
  /// way to see a column, all compared columns are kept.
  package func choose(from present: [String]) -> ComparedColumns {
    let named = mentioned.union(
      (updated + [watch.customerColumn].compactMap(\.self) + reach).map(\.folded))
    let open = present.filter { !secret.contains($0.folded) }
    let telling = Set(witnesses.map(\.folded))
    if watch.changes == .changelog {
      let captured = open.filter { named.contains($0.folded) }
      let logged = Array((anyUpdate ? open : captured).prefix(ComparedColumns.mostCaptured))
      return ComparedColumns(
        compared: logged, captured: logged,
        witnesses: logged.filter { telling.contains($0.folded) })
    }
    let captured = open.filter { named.contains($0.folded) || telling.contains($0.folded) }
    let kept = Array(captured.prefix(ComparedColumns.mostCaptured))
    let witnesses = kept.filter { telling.contains($0.folded) }
    let emptied = emptied
    let lasting = present.filter { !emptied.contains($0.folded) }
    return ComparedColumns(
      compared: anyUpdate ? lasting : captured, captured: kept, witnesses: witnesses,
      silent: anyUpdate ? [] : witnesses.filter { !named.contains($0.folded) })
  }

  /// The columns that a purge empties in a view of Kindly's own ledger, except those that an `update of` names; in
  /// lower case.
  private var emptied: Set<ExactText> {
    let columns = watch.ledgerView?.columns.filter(\.isEmptied) ?? []
    return Set(columns.map(\.name.folded)).subtracting(updated.map(\.folded))
  }
}
