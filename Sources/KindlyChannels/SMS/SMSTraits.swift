import KindlyConfig
import KindlyCore

/// How most text messages behave: they ring, they cost money, and the provider does not recognise a repeat.
enum SMSTraits {
  static let standard = ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .mobile)

  /// Reads the key `price:`, which every type that bills segments has.
  static func segmentPrice(_ fields: inout Fields) -> Money? {
    fields.value(
      "price",
      "the price of one segment: a number of 0 or more with at most 6 decimals, and a currency code, such as 0.045 CNY",
      Money.init)
  }

  /// The hours of China's carriers, which take messages to other countries at any time.
  static func sendingHoursInChina(_ country: PhoneNumber.Country?) -> SendingHours? {
    country == nil || country?.word == "CN" ? .china : nil
  }
}
