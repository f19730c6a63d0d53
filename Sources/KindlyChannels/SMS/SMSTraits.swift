import KindlyConfig
import KindlyCore

/// How most text messages behave: they ring, they cost money, and the provider does not recognise a repeat.
enum SMSTraits {
  static let standard = ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .mobile)

  /// The hours of China's carriers, which take messages to other countries at any time.
  static func sendingHoursInChina(_ country: PhoneNumber.Country?) -> SendingHours? {
    country == nil || country?.word == "CN" ? .china : nil
  }
}
