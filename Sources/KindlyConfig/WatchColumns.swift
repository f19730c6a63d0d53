import KindlyCore

/// The columns of a watch that its rules name: what noticing a change has to keep of each known row.
package struct WatchColumns: Hashable, Sendable {
  /// The columns of every `update of`, each once, in order.
  package var updated: [String] = []
  /// Whether a rule asks for an update of any column.
  package var anyUpdate = false
  /// The columns that conditions name as `old.COLUMN`; templates may name more.
  package var old: [String] = []

  /// The most columns that are kept of each known row: a million rows shall still fit a small disk.
  package static let most = 32
}

extension Configuration {
  /// The columns of a watch that its rules name.
  package func columns(of watch: String) -> WatchColumns {
    var columns = WatchColumns()
    for step in rules.filter({ $0.watch == watch }).flatMap(\.steps) {
      if case .update(let names) = step.when {
        columns.anyUpdate = columns.anyUpdate || names.isEmpty
        columns.updated += names.filter { !columns.updated.contains($0) }
      }
      for condition in step.conditions {
        // A condition that could not be read was refused when the rules were.
        let names = (try? ConditionText(condition))?.oldColumns ?? []
        columns.old += names.filter { !columns.old.contains($0) }
      }
    }
    return columns
  }
}
