/// A kind of address that messages go to, known by the word that `customers:` maps to a column.
///
/// The words are open: a channel type declares the kind that it needs. Two kinds with the same word are equal.
package struct AddressKind: Sendable {
  /// `email`, `phone`, `wechat`.
  package let word: String
  private let form: @Sendable (String) throws(UnfitDelivery) -> String
  private let completion: @Sendable (String, PhoneNumber.Country?) -> String
  private let server: @Sendable (String) -> ExactText?

  /// - Parameters:
  ///   - form: the address as channels hand it over, or why it can never be one.
  ///   - completion: see `completed`; most kinds' addresses lack nothing.
  ///   - destination: see `destination(of:)`; one service answers for most kinds' addresses.
  package init(
    _ word: String, form: @escaping @Sendable (String) throws(UnfitDelivery) -> String,
    completion: @escaping @Sendable (String, PhoneNumber.Country?) -> String = { address, _ in
      address
    },
    destination: @escaping @Sendable (String) -> ExactText? = { _ in nil }
  ) {
    self.word = word
    self.form = form
    self.completion = completion
    server = destination
  }

  /// A kind of which Kindly knows only that an address is a short text on one line.
  package init(_ word: String) {
    self.init(word) { address throws(UnfitDelivery) in
      try PlainAddress.line(address, called: "the address")
    }
  }

  /// An address of this kind as channels hand it over, or why it can never be one.
  ///
  /// Every channel that needs such an address refuses the same ones.
  package func checked(_ address: String) throws(UnfitDelivery) -> String { try form(address) }

  /// An address with what a person's country adds to it: a phone number gets its country's code if it can. What cannot
  /// be completed stays as it is, for the channel to refuse.
  package func completed(_ address: String, in country: PhoneNumber.Country?) -> String {
    completion(address, country)
  }

  /// Whose server answers for an address, so that it takes or refuses all of its recipients together: the domain of a
  /// mail address. Nil for kinds whose addresses one service answers for.
  package func destination(of address: String) -> ExactText? { server(address) }

  package static let email = AddressKind("email") { address throws(UnfitDelivery) in
    try EmailAddress(address).description
  } destination: { address in
    // Losing the reason is right: an invalid address is found by `checked`, and goes nowhere.
    (try? EmailAddress(address)).map { ExactText($0.domain) }
  }

  package static let phone = AddressKind("phone") { address throws(UnfitDelivery) in
    try PlainAddress.phone(address)
  } completion: { address, country in
    PhoneNumber.completed(address, in: country)
  }

  /// The customer's own key; never missing, and no column of `customers:`.
  package static let key = AddressKind("key") { address throws(UnfitDelivery) in
    try PlainAddress.line(address, called: "the customer's key")
  }

  /// Whether a text can be the word of a kind: lower-case letters, digits and hyphens, beginning with a letter.
  package static func isWord(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, (0x61...0x7A).contains(first), bytes.count <= longestWord else {
      return false
    }
    return bytes.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
  }

  /// A key of the configuration, which people type.
  private static let longestWord = 32
}

extension AddressKind: Hashable {
  package static func == (left: AddressKind, right: AddressKind) -> Bool {
    left.word.isExactly(right.word)
  }

  package func hash(into hasher: inout Hasher) { word.hashExactly(into: &hasher) }
}
