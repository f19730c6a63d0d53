extension NaiveModel {
  /// A look: what is new, what differs and what is gone since the last one.
  mutating func look(now: Int) {
    guard let before = known else {
      known = rows
      return
    }
    var found: [SimChange] = []
    func note(
      _ operation: SimChange.Operation, _ key: Int, old: SimRow?, _ changed: Set<SimColumn> = []
    ) {
      found.append(
        SimChange(
          number: changes.count + found.count + 1, operation: operation, key: key, old: old,
          changed: changed, noticed: now, happened: written[key] ?? 0))
    }
    for key in Set(before.keys).union(rows.keys).sorted() {
      guard let row = rows[key] else {
        guard let old = before[key] else { continue }
        // It must be missing in two looks that are a minute apart.
        guard let since = missing[key], now >= since + 60 else {
          if missing[key] == nil { missing[key] = now }
          continue
        }
        note(.delete, key, old: old)
        known?[key] = nil
        missing[key] = nil
        gone[key] = old
        continue
      }
      missing[key] = nil
      known?[key] = row
      if gone.removeValue(forKey: key) != nil { continue }
      guard let old = before[key] else {
        note(.insert, key, old: nil)
        continue
      }
      if row == old { continue }
      note(
        .update, key, old: old, Set(SimColumn.allCases.filter { row.differs(from: old, in: $0) }))
    }
    changes += found
  }

  /// Every rule reads the changes from its own position, and asks its condition of an update.
  mutating func planChanges(now: Int) {
    fromChanges.removeAll { $0.until + NaiveTime.day < now }
    for rule in configuration.rules {
      let position = positions[rule.name] ?? changes.count
      for change in changes[position...] {
        for step in rule.steps where step.when.names(change) {
          let end = until(change, step)
          guard end > now, asked(rule, step, about: change) else { continue }
          fromChanges.append(
            Occurrence(
              rule: rule, step: step, key: change.key,
              cycle: change.operation == .insert ? "insert" : "change \(change.number)",
              due: change.noticed, until: end, old: change.operation == .delete ? change.old : nil))
        }
      }
      positions[rule.name] = changes.count
    }
    keepConfigured()
  }

  private func until(_ change: SimChange, _ step: SimStep) -> Int {
    guard let late = step.late else { return change.noticed + NaiveTime.day }
    let home = SimConfiguration.company
    return late.adding(times: 1, to: change.noticed, local: home.local(change.noticed), in: home)
  }

  private func asked(_ rule: SimRule, _ step: SimStep, about change: SimChange) -> Bool {
    // An insert's condition may come true until the end of its use.
    guard change.operation == .update else { return true }
    let conditions = [rule.condition, step.condition].compactMap(\.self)
    if conditions.isEmpty { return true }
    guard let row = rows[change.key] else { return false }
    return conditions.allSatisfy { $0.holds(row, old: change.old) }
  }

  /// The rule and step as they are configured now; what is absent applies to nobody.
  private mutating func keepConfigured() {
    fromChanges = fromChanges.map { occurrence in
      let rule = configuration.rules.first { $0.name == occurrence.rule.name }
      let step = rule?.steps.first { $0.name == occurrence.step.name }
      return Occurrence(
        rule: rule ?? occurrence.rule, step: step ?? occurrence.step, key: occurrence.key,
        cycle: occurrence.cycle, due: occurrence.due, until: occurrence.until, old: occurrence.old)
    }
  }
}

extension SimWhen {
  func names(_ change: SimChange) -> Bool {
    switch (self, change.operation) {
    case (.insert, .insert), (.delete, .delete): true
    case (.update(let columns), .update):
      columns.isEmpty || !change.changed.isDisjoint(with: columns)
    default: false
    }
  }
}
