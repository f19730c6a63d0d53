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
          let (due, end) = use(of: change, step)
          guard end > now, asked(rule, step, about: change) else { continue }
          fromChanges.append(
            Occurrence(
              rule: rule, step: step, key: change.key,
              cycle: change.operation == .insert ? "insert" : "change \(change.number)",
              due: due, until: end, old: change.operation == .delete ? change.old : nil,
              operation: change.operation))
        }
      }
      positions[rule.name] = changes.count
    }
    keepConfigured()
  }

  /// When a letter about a change is due, and until when it is of use.
  private func use(of change: SimChange, _ step: SimStep) -> (due: Int, until: Int) {
    func adding(_ span: SimSpan, _ instant: Int, _ home: Home) -> Int {
      span.adding(times: 1, to: instant, local: home.local(instant), in: home) ?? instant
    }
    guard let delay = step.when.span else {
      let late = step.late.map { adding($0, change.noticed, SimConfiguration.company) }
      return (change.noticed, late ?? change.noticed + NaiveTime.day)
    }
    // It is delayed by the customer's clocks.
    let home = rows[change.key]?.home ?? SimConfiguration.company
    let due = adding(delay, change.noticed, home)
    return (due, step.late.map { adding($0, due, home) } ?? due + 3 * NaiveTime.day)
  }

  private func asked(_ rule: SimRule, _ step: SimStep, about change: SimChange) -> Bool {
    // An insert's condition may come true until the end of its use.
    guard change.operation == .update else { return true }
    let conditions = [rule.condition, step.condition].compactMap(\.self)
    if conditions.isEmpty { return true }
    guard let row = rows[change.key] else { return false }
    return conditions.allSatisfy { $0.holds(row, old: change.old) }
  }

  /// The rule and step as they are configured now, or as they were last. An edited delay holds for later changes.
  private mutating func keepConfigured() {
    fromChanges = fromChanges.map { occurrence in
      let rule = configuration.rules.first { $0.name == occurrence.rule.name }
      let step = rule?.steps.first { $0.name == occurrence.step.name }
      return Occurrence(
        rule: rule ?? occurrence.rule, step: step ?? occurrence.step, key: occurrence.key,
        cycle: occurrence.cycle, due: occurrence.due, until: occurrence.until, old: occurrence.old,
        operation: occurrence.operation)
    }
  }
}

extension SimWhen {
  func names(_ change: SimChange) -> Bool {
    guard case .change(let named, _) = self else { return false }
    func isChanged(_ columns: [SimColumn]) -> Bool {
      columns.isEmpty || !change.changed.isDisjoint(with: columns)
    }
    switch (named, change.operation) {
    case (.insert, .insert), (.insertOrUpdate, .insert), (.delete, .delete): return true
    case (.update(let columns), .update), (.insertOrUpdate(let columns), .update):
      return isChanged(columns)
    case (.insert, _), (.update, _), (.insertOrUpdate, _), (.delete, _): return false
    }
  }
}
