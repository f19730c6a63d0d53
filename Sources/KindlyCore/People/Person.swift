/// Somebody whom rows are about or messages go to, as the watch that describes them has them now.
package struct Person: Hashable, Sendable {
  package let kind: PeopleKind
  package let key: RowKey
  package let name: String
  /// Every kind of address that has a column, as the row has it; empty where this person has no such address.
  package let addresses: [AddressKind: String]
  /// Whose phone numbers have no country code.
  package let country: PhoneNumber.Country?
  package let language: String?
  /// The channel that the row names as the preferred one; any text, and nil where it names none.
  package let preference: String?
  package let zone: Zone?
  /// Whether the time zone column holds an unknown zone; such a person gets the company's zone.
  package let hasUnknownZone: Bool
  /// The name of the calendar of workdays that the row names; nil for the company's.
  package let calendar: ExactText?
  /// Whether the row names an unknown calendar; the company's applies then.
  package let hasUnknownCalendar: Bool
  /// Every column of the person's row; those named `secret:` are in `secrets` instead.
  package let values: RowValues
  package let secrets: [ExactText: Secret]

  package init(
    _ kind: PeopleKind = .customers, key: RowKey, name: String,
    addresses: [AddressKind: String] = [:],
    country: PhoneNumber.Country? = nil, language: String? = nil, preference: String? = nil,
    zone: Zone? = nil, hasUnknownZone: Bool = false, calendar: ExactText? = nil,
    hasUnknownCalendar: Bool = false, values: RowValues = [:],
    secrets: [ExactText: Secret] = [:]
  ) {
    self.kind = kind
    self.key = key
    self.name = name
    self.addresses = addresses
    self.country = country
    self.language = language
    self.preference = preference
    self.zone = zone
    self.hasUnknownZone = hasUnknownZone
    self.calendar = calendar
    self.hasUnknownCalendar = hasUnknownCalendar
    self.values = values
    self.secrets = secrets
  }

  /// Whoever reads a channel that needs no address; the recipient of a message about nobody.
  package static let everybody = Person(key: RowKey("everybody"), name: "")

  /// The person as people name them: `customer 7`.
  package var words: String { kind.words(of: key) }

  /// A key that nobody else has, whether customer or colleague.
  package var distinctKey: RowKey { kind.distinct(key) }

  /// The address of a kind that messages go to, or nil where this person has none: see `AddressKind.completed`.
  package func address(of kind: AddressKind) -> String? { spellings(of: kind).first }

  /// The address of a kind as the row has it, or nil where this person has none.
  package func written(of kind: AddressKind) -> String? { spellings(of: kind).last }

  /// The address of a kind as messages go to it, and as the row has it where that differs.
  package func spellings(of kind: AddressKind) -> [String] {
    if kind == .key { return [key.description] }
    guard let address = addresses[kind], !address.isEmpty else { return [] }
    let completed = kind.completed(address, in: country)
    return completed.isExactly(address) ? [address] : [completed, address]
  }

  /// Every address that this person has in all its spellings, in the order of the kinds' words.
  package var knownAddresses: [String] {
    addresses.keys.sorted { $0.word.exactlyPrecedes($1.word) }.flatMap(spellings)
  }
}
