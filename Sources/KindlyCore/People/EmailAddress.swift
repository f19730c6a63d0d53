/// A bare mail address that is safe in an envelope and a header.
///
/// The check is conservative: quoted local parts, comments and address literals are refused, although RFC 5321 knows
/// them, because no customer has one and each is a way to smuggle a command or a header in.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  package let local: String
  /// In lower case and ASCII; a domain of other letters is in its punycode form.
  package let domain: String

  package var description: String { "\(local)@\(domain)" }

  /// The ASCII characters that a local part may hold, RFC 5322's `atext` and the dot.
  private static let atoms = Set("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.".utf8)
  // RFC 5321, 4.5.3.1.
  private static let longestLocal = 64
  private static let longest = 254
  private static let needlessDot = "has an extra dot before the @"

  /// For what this machine writes by itself.
  package static let thisMachine = EmailAddress(local: "kindly", domain: "localhost.localdomain")

  private init(local: String, domain: String) {
    self.local = local
    self.domain = domain
  }

  /// Parses an address. The error says why it is invalid, without repeating it.
  package init(_ text: String) throws(UnfitDelivery) {
    guard !text.isEmpty else { throw EmailAddress.unfit("is empty") }
    guard text.unicodeScalars.allSatisfy({ !$0.isUnsafe }) else {
      throw EmailAddress.unfit("holds a space, a control character or a bracket")
    }
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      .map(Substring.init)
    guard parts.count == 2 else {
      throw EmailAddress.unfit("has \(parts.count - 1) @ signs instead of one")
    }
    local = try EmailAddress.checkedLocal(parts[0])
    guard let domain = DomainName.ascii(String(parts[1])) else {
      throw EmailAddress.unfit("has no valid domain after the @")
    }
    guard domain.contains(".") || domain == "localhost" else {
      throw EmailAddress.unfit("has a domain without a dot")
    }
    self.domain = domain
    guard description.utf8.count <= EmailAddress.longest else {
      throw EmailAddress.unfit("is longer than \(EmailAddress.longest) bytes")
    }
  }

  private static func checkedLocal(_ text: Substring) throws(UnfitDelivery) -> String {
    guard !text.isEmpty else { throw unfit("has nothing before the @") }
    guard text.utf8.count <= longestLocal else {
      throw unfit("has more than \(longestLocal) bytes before the @")
    }
    var isAfterDot = true
    for byte in text.utf8 {
      guard byte >= 0x80 || atoms.contains(byte | (byte.isUpperCaseLetter ? 0x20 : 0)) else {
        throw unfit("holds a character before the @ that would need quotes")
      }
      let isDot = byte == UInt8(ascii: ".")
      guard !(isDot && isAfterDot) else { throw unfit(needlessDot) }
      isAfterDot = isDot
    }
    guard !isAfterDot else { throw unfit(needlessDot) }
    return String(text)
  }

  private static func unfit(_ fault: String) -> UnfitDelivery {
    UnfitDelivery(.address, "the mail address \(fault)")
  }
}

extension Unicode.Scalar {
  /// Whether the character could end a header, a command or an address: a space, a control or `<>`.
  fileprivate var isUnsafe: Bool {
    if isASCII { return value <= 0x20 || value == 0x7F || self == "<" || self == ">" }
    return isInvisible
  }

  private var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator, .privateUse:
      true
    default: false  // every letter, number, mark and symbol is as it is
    }
  }
}

extension UInt8 {
  fileprivate var isUpperCaseLetter: Bool { (0x41...0x5A).contains(self) }
}
