import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// The input for rendering a letter that nobody receives: secrets are shown as dots.
struct LetterScope {
  let configuration: Configuration
  let now: Instant
  let dates: DateBoard

  func scope(
    rule: Rule, step: Step, watch: Watch, row: RowAnswer, customer: Person, old: RowValues?
  ) -> TemplateScope {
    TemplateScope(
      this: row.values, old: old ?? (step.isUpdate ? row.values : nil), customer: customer,
      moment: moment(step, row, watch, customer), rule: rule.name, now: now,
      zone: customer.zone ?? configuration.timezone,
      sourceZone: configuration.source(named: watch.source)?.timezone,
      secretColumns: Set(texts: configuration.customers?.secretColumns(of: watch) ?? []),
      revealsSecrets: false, dates: dates.known(watch.name),
      customerDates: dates.known(configuration.customers?.watch ?? ""))
  }

  /// The moment of the row's own date, where it has one.
  private func moment(
    _ step: Step, _ row: RowAnswer, _ watch: Watch, _ customer: Person
  ) -> Instant? {
    guard let schedule = step.when.schedule,
      let anchor = schedule.anchor(in: row.values, as: dates.known(watch.name))
    else { return nil }
    let context = MomentContext(
      zone: customer.zone ?? configuration.timezone,
      sourceZone: configuration.source(named: watch.source)?.timezone ?? configuration.timezone,
      defaultTime: configuration.defaultTime)
    return schedule.first(of: anchor, late: step.late, in: context).due
  }
}

extension Step {
  var isUpdate: Bool {
    if case .update = when { return true }
    return false
  }
}
