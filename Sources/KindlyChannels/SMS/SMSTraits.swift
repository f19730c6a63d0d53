import KindlyCore

/// How most text messages behave: they ring, they cost money, and the provider does not recognise a repeat.
enum SMSTraits {
  static let standard = ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .mobile)
}
