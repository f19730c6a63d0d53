/// Somebody whom rows are about or messages go to, as the watch that describes them has them now.
package struct Person: Hashable, Sendable {
  package let key: RowKey
  package let name: String
  /// Every kind of address that has a column; empty where this person has no such address.
  package let addresses: [AddressKind: String]
  package let language: String?
  package let zone: Zone?
  /// Whether the time zone column holds an unknown zone; such a person gets the company's zone.
  package let hasUnknownZone: Bool
  /// Every column of the person's row; those named `secret:` are in `secrets` instead.
  package let values: RowValues
  package let secrets: [ExactText: Secret]

  package init(
    key: RowKey, name: String, addresses: [AddressKind: String] = [:], language: String? = nil,
    zone: Zone? = nil, hasUnknownZone: Bool = false, values: RowValues = [:],
    secrets: [ExactText: Secret] = [:]
  ) {
    self.key = key
    self.name = name
    self.addresses = addresses
    self.language = language
    self.zone = zone
    self.hasUnknownZone = hasUnknownZone
    self.values = values
    self.secrets = secrets
  }

  /// The address of a kind, or nil where this person has none.
  package func address(of kind: AddressKind) -> String? {
    if kind == .key { return key.description }
    guard let address = addresses[kind], !address.isEmpty else { return nil }
    return address
  }

  /// Every address that this person has, in the order of the kinds' words.
  package var knownAddresses: [String] {
    addresses.filter { !$0.value.isEmpty }
      .sorted { $0.key.word.exactlyPrecedes($1.key.word) }.map(\.value)
  }
}
