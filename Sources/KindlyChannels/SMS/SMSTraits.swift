import KindlyCore

/// How text messages behave: they ring, they cost money, and no provider recognises a repeat.
enum SMSTraits {
  static let standard = ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .mobile)
}
