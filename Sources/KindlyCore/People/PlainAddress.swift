/// Addresses that are no mail addresses.
enum PlainAddress {
  /// Keys and account names are whatever somebody chose; this bound only stops what cannot be one.
  private static let longest = 400
  /// E.164 has at most 15 digits; some countries write short service numbers of 3.
  private static let phoneDigits = 3...15

  /// A short text on one line, as it is.
  ///
  /// - Parameter name: what to call it where it is refused: `the customer's key`.
  static func line(_ address: String, called name: String) throws(UnfitDelivery) -> String {
    let isSafe = address.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard !address.isEmpty, isSafe, address.utf8.count <= longest else {
      throw UnfitDelivery(.address, "\(name) is empty, is too long, or holds a control character")
    }
    return address
  }

  /// A phone number without the spaces, hyphens, dots and brackets that people write.
  static func phone(_ address: String) throws(UnfitDelivery) -> String {
    let digits = address.filter { !" -.()".contains($0) }
    let number = digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
    guard phoneDigits.contains(number.count), number.allSatisfy(\.isASCIIDigit) else {
      throw UnfitDelivery(.address, "the phone number is not 3 to 15 digits, with or without a +")
    }
    return digits
  }
}
