package import KindlyCore

/// Which columns of a watch its change rules need to compare and to keep.
package struct NamedColumns {
  let watch: Watch
  /// The change steps of the rules on this watch.
  let steps: [Step]
  /// Columns that enter a message only; they are compared, and never kept.
  private let secret: Set<String>
  /// The directory's columns, where a deleted row of it is all that still tells how to reach the customer.
  private let reach: [String]

  package init(watch: Watch, rules: [Rule], directory: CustomerDirectory?) {
    self.watch = watch
    secret = Set((directory?.secretColumns(of: watch) ?? []).map { $0.lowercased() })
    let steps = rules.filter { $0.watch == watch.name }.flatMap(\.steps).filter(\.when.isChange)
    self.steps = steps
    let isDirectory = directory?.watch == watch.name && steps.contains { $0.when == .delete }
    reach = isDirectory ? directory?.reachColumns ?? [] : []
  }

  /// Chooses among the columns that the watch has now; a column that it lacks is left out, and `check` tells of it.
  ///
  /// A plain `update` compares all columns; `update of` those it names. Kept are those named by `update of`, by a
  /// condition or as the customer's key, at most 32; where a change log is the only way to see a column, all compared ones.
  package func choose(from present: [String]) -> ComparedColumns {
    let comparesAll = steps.contains { $0.when == .update(of: []) }
    let named = namedColumns
    let open = present.filter { !secret.contains($0.lowercased()) }
    let captured = open.filter { named.contains($0.lowercased()) }
    if watch.changes == .changelog {
      let logged = Array((comparesAll ? open : captured).prefix(ComparedColumns.mostCaptured))
      return ComparedColumns(compared: logged, captured: logged)
    }
    return ComparedColumns(
      compared: comparesAll ? present : captured,
      captured: Array(captured.prefix(ComparedColumns.mostCaptured)))
  }

  private var namedColumns: Set<String> {
    var names: Set<String> = []
    for step in steps {
      if case .update(let columns) = step.when { names.formUnion(columns.map { $0.lowercased() }) }
      for condition in step.conditions {
        // A condition that cannot be read names no columns; `check` reports it.
        guard let text = try? ConditionText(condition) else { continue }
        names.formUnion(text.identifiers.map { ($0.parts.last ?? "").lowercased() })
      }
    }
    if let customer = watch.customerColumn { names.insert(customer.lowercased()) }
    names.formUnion(reach.map { $0.lowercased() })
    return names
  }
}
