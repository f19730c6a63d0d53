package import KindlyCore

extension ChannelTraits.AddressKind {
  /// An address of this kind as channels hand it over, or why it can never be one.
  ///
  /// Every channel that needs such an address refuses the same ones.
  package func checked(_ address: String) throws(UnfitDelivery) -> String {
    switch self {
    case .email: try EmailAddress(address).description
    case .phone: try PlainAddress(phone: address).text
    case .key: try PlainAddress(key: address).text
    }
  }
}
