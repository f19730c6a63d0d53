extension PeopleDirectory {
  /// The person whom a row of the directory's watch describes.
  package func person(key: RowKey, _ row: RowValues) -> Person {
    func text(_ column: String?) -> String? {
      guard let column, let value = row.value(ofColumn: column) else { return nil }
      let text = value.text.trimmed
      return text.isEmpty ? nil : text
    }
    let hidden = Set(secret.map(\.folded))
    var values: RowValues = [:]
    var secrets: [ExactText: Secret] = [:]
    for (column, value) in row {
      if hidden.contains(column.folded) {
        secrets[column] = Secret(value.text)
      } else {
        values[column] = value
      }
    }
    let addresses = addresses.map { ($0.kind, text($0.column)?.trimmedOfInvisible ?? "") }
    let named = text(calendar).map { ExactText($0) }
    let chosen = calendars[named] == nil ? nil : named
    return Person(
      kind, key: key, name: text(name) ?? "",
      addresses: Dictionary(addresses) { first, _ in first }, country: country,
      language: text(language), preference: text(preferred),
      zone: text(timezone).flatMap(Zone.reading),
      hasUnknownZone: text(timezone).map { Zone.reading($0) == nil } ?? false,
      calendar: chosen, hasUnknownCalendar: named != nil && chosen == nil, values: values,
      secrets: secrets)
  }
}
