package import KindlyCore
package import KindlyTemplates

extension CustomerDatabases {
  /// What a letter about a row may name; the date kinds are those found last.
  ///
  /// - Parameters:
  ///   - moment: when the reminder is due.
  ///   - revealsSecrets: whether the customer alone reads the letter; otherwise secrets are shown as dots.
  package func letterScope(
    rule: Rule, this: RowValues, old: RowValues?, customer: Person, moment: Instant?,
    revealsSecrets: Bool, now: Instant
  ) -> TemplateScope {
    let watch = watches[rule.watch]
    return TemplateScope(
      this: this, old: old, customer: customer, moment: moment, rule: rule.name, now: now,
      zone: customer.zone ?? zone, sourceZone: watch.map(sourceZone(of:)) ?? zone,
      secretColumns: Set(texts: watch.flatMap { directory?.secretColumns(of: $0) } ?? []),
      revealsSecrets: revealsSecrets, dates: dates.known(rule.watch),
      customerDates: dates.known(directory?.watch ?? ""))
  }
}
