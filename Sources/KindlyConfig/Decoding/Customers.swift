import KindlyCore

/// Decodes `customers:`.
struct CustomerDecoder {
  /// The kinds of address that may have a column.
  let kinds: [AddressKind]
  let watchNames: [String]
  let calendars: CalendarReader
  let findings: Findings

  /// The keys that are no kinds of address.
  static let otherKeys = [
    "watch", "if", "name", "country", "language", Route.preferred, "timezone", "calendar", "secret",
  ]

  func directory(_ item: Item) -> CustomerDirectory? {
    guard var fields = Fields(item, what: "customers", findings: findings) else { return nil }
    defer { fields.finish() }
    let watch = fields.requiredText(
      "watch", "the watch that has the customers' names and addresses")
    if let watch, !watchNames.contains(watch.string) {
      watch.refuse(
        "expected `watch` to name a watch, got \(watch.item.shape)"
          + Suggestion.text(for: watch.string, among: watchNames))
    }
    let condition = ConditionReader(findings: findings).condition(&fields, "if")
    let name = fields.text("name")?.string
    let addresses = kinds.compactMap { kind in
      fields.text(kind.word).map { CustomerDirectory.AddressColumn(kind, $0.string) }
    }
    let country = fields.value(
      "country",
      "the ISO code of a known country: \(PhoneNumber.Country.words.joined(separator: ", "))",
      PhoneNumber.Country.init)
    let language = fields.text("language")?.string
    let preferred = fields.text(Route.preferred)?.string
    let timezone = fields.text("timezone")?.string
    let calendar = calendars.column(&fields)
    let secret = fields.texts("secret")?.map(\.string) ?? []
    guard let watch else { return nil }
    return CustomerDirectory(
      watch: watch.string, condition: condition?.sql, name: name, addresses: addresses,
      country: country, language: language, preferred: preferred, timezone: timezone,
      calendar: calendar,
      calendars: calendar == nil ? .none : CustomerCalendars(calendars.calendars),
      secret: secret)
  }
}
