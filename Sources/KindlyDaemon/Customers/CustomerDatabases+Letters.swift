package import KindlyCore
package import KindlyTemplates

extension CustomerDatabases {
  /// What a letter about a row may name; the date kinds are those found last.
  ///
  /// - Parameters:
  ///   - customer: whom the row is about; nil for nobody.
  ///   - owner: the colleague who looks after the customer.
  ///   - reader: who receives the letter, in whose language and by whose clocks it is written.
  ///   - moment: when the reminder is due.
  ///   - was: the date that the customer was told before, if the letter is a correction.
  ///   - lists: the customer lists that the letter may show.
  ///   - revealsSecrets: whether the reader alone reads the letter; otherwise secrets are shown as dots.
  ///   - carriesAttachments: whether the channel carries files; otherwise none is read.
  package func letterScope(
    rule: Rule, this: RowValues, old: RowValues?, customer: Person?, owner: Person? = nil,
    reader: Person,
    moment: Instant?, was: AnnouncedDate? = nil, lists: [ShownList] = [],
    revealsSecrets: Bool, carriesAttachments: Bool = true, now: Instant
  ) -> TemplateScope {
    let watch = watches[rule.watch]
    return TemplateScope(
      this: this, old: old, customer: customer, owner: owner,
      colleague: reader.kind == .colleagues ? reader : nil, moment: moment, was: was?.text,
      lists: lists, rule: rule.name, now: now,
      zone: reader.zone ?? zone, sourceZone: watch.map(sourceZone(of:)) ?? zone,
      language: reader.language ?? "",
      secretColumns: Set(texts: watch.flatMap { directory?.secretColumns(of: $0) } ?? []),
      revealsSecrets: revealsSecrets, carriesAttachments: carriesAttachments,
      dates: dates.known(rule.watch),
      customerDates: dates.known(directory?.watch ?? ""),
      colleagueDates: dates.known(colleagues?.people.watch ?? ""))
  }
}
