/// A phone number with its country code, as ITU-T E.164 writes it: `+8613800138000`.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
  /// `+` and 7 to 15 digits.
  package let description: String
  /// Whether it was written together with others, of which it is the first valid one.
  package let isOneOfSeveral: Bool

  /// How many digits a number has. Short numbers, such as those of services, belong to no country and do not count.
  private static let digits = 7...15
  /// What people write between two numbers in one field.
  private static let separators: Set<Unicode.Scalar> = [
    "/", ",", ";", "、", "，", "；", "\n", "\r", "|", "｜", "／",
  ]

  /// The first valid number in a text; nil where there is none.
  ///
  /// Spaces, hyphens, dots and brackets are ignored, a leading `00` means `+`, and full-width digits count as digits. A
  /// number without `+` or `00` belongs to `country`, even if it begins with the country's code.
  package init?(_ text: String, in country: Country?) {
    let parts = text.unicodeScalars.split { PhoneNumber.separators.contains($0) }
    let numbers = parts.compactMap { PhoneNumber.number($0, in: country) }
    guard let first = numbers.first else { return nil }
    description = first
    isOneOfSeveral = parts.count > 1
  }

  private static func number(
    _ text: Substring.UnicodeScalarView, in country: Country?
  ) -> String? {
    guard let signs = bare(text) else { return nil }
    let mark = ["+", "00"].first { signs.hasPrefix($0) }
    if let mark {
      return international(Country.withoutTrunk(String(signs.dropFirst(mark.count)))[...])
    }
    return country?.number(signs).flatMap { international($0[...]) }
  }

  /// The digits of a text, perhaps behind a `+`; nil where it holds anything that numbers do not.
  private static func bare(_ text: Substring.UnicodeScalarView) -> String? {
    var bare = String.UnicodeScalarView()
    for scalar in text {
      switch scalar {
      case "0"..."9": bare.append(scalar)
      case "０"..."９":
        guard let digit = Unicode.Scalar(scalar.value - 0xFF10 + 0x30) else { return nil }
        bare.append(digit)
      case "+", "＋":
        guard bare.isEmpty else { return nil }
        bare.append("+")
      case "-", ".", "(", ")", "‐", "‑", "–", "—", "－", "（", "）", "·": continue
      case _ where scalar.isSpace: continue
      default: return nil
      }
    }
    return bare.isEmpty ? nil : String(bare)
  }

  private static func international(_ number: Substring) -> String? {
    guard digits.contains(number.utf8.count), number.utf8.first != UInt8(ascii: "0"),
      number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    // A wrong length proves a typing error only for China's mobile numbers.
    if number.hasPrefix("861"), number.utf8.count != 13, !number.hasPrefix("8610") { return nil }
    return "+\(number)"
  }
}

extension PhoneNumber {
  /// The first valid number in a text, or the text if there is none.
  static func completed(_ text: String, in country: Country?) -> String {
    PhoneNumber(text, in: country)?.description ?? text
  }

  /// The ways in which providers write an E.164 number back: as it is, without `+`, and without its country's code.
  package static func spellings(of number: String) -> [String] {
    guard number.hasPrefix("+") else { return [number] }
    let digits = String(number.dropFirst())
    return [number, digits] + [Country.national(digits)].compactMap(\.self)
  }

  /// A country, as far as writing its phone numbers goes.
  package struct Country: Hashable, Sendable {
    /// ISO 3166-1, `CN`.
    package let word: String
    let code: String
    /// What is dialled before a national number within the country, and not from abroad.
    let trunk: String
    /// How many digits a national number has without it.
    let lengths: ClosedRange<Int>

    /// The country of an ISO 3166-1 code; nil for one that is not known here.
    package init?(_ word: String) {
      guard let known = Country.all.first(where: { $0.word == word.uppercased() }) else {
        return nil
      }
      self = known
    }

    private init(_ word: String, _ code: String, trunk: String = "0", _ lengths: ClosedRange<Int>) {
      self.word = word
      self.code = code
      self.trunk = trunk
      self.lengths = lengths
    }

    /// The code and national number for digits written without `+`; nil if there are too few or too many.
    func number(_ digits: String) -> String? {
      if !trunk.isEmpty, digits.hasPrefix(trunk) {
        let national = String(digits.dropFirst(trunk.count))
        if lengths.contains(national.utf8.count) { return code + national }
      }
      // Where numbers are dialled with a trunk prefix, one that begins with the code has the code. Elsewhere it may be a
      // national number that happens to begin like it.
      let readings = [withCode(digits), withoutCode(digits)]
      return (trunk.isEmpty ? readings.reversed() : readings).compactMap(\.self).first
    }

    private func withCode(_ digits: String) -> String? {
      let isWhole =
        digits.hasPrefix(code) && lengths.contains(digits.utf8.count - code.utf8.count)
      return isWhole ? digits : nil
    }

    private func withoutCode(_ digits: String) -> String? {
      lengths.contains(digits.utf8.count) ? code + digits : nil
    }

    /// An international number without the trunk prefix that people leave behind the code, `+44 (0)20 …`.
    static func withoutTrunk(_ number: String) -> String {
      let country = all.first { number.hasPrefix($0.code) }
      guard let country, country.trunk == "0" else { return number }
      let national = number.dropFirst(country.code.count)
      return national.hasPrefix("0") ? country.code + national.dropFirst() : number
    }

    /// The national number of an international one, in one of the countries known here.
    static func national(_ number: String) -> String? {
      all.first { number.hasPrefix($0.code) }.map { String(number.dropFirst($0.code.count)) }
    }

    /// The codes that `country:` may name, sorted.
    package static var words: [String] { all.map(\.word).sorted() }

    /// Codes by ITU-T E.164, trunk prefixes and lengths by the countries' national numbering plans (ITU-T E.129).
    private static let all = [
      Country("AE", "971", 8...9), Country("AT", "43", 7...13), Country("AU", "61", 9...9),
      Country("BE", "32", 8...9), Country("BR", "55", 10...11),
      Country("CA", "1", trunk: "1", 10...10), Country("CH", "41", 9...9),
      Country("CN", "86", 10...11), Country("CZ", "420", trunk: "", 9...9),
      Country("DE", "49", 7...11), Country("DK", "45", trunk: "", 8...8),
      Country("ES", "34", trunk: "", 9...9), Country("FI", "358", 6...11),
      Country("FR", "33", 9...9), Country("GB", "44", 9...10),
      Country("HK", "852", trunk: "", 8...8), Country("ID", "62", 8...12),
      Country("IE", "353", 7...9), Country("IL", "972", 8...9), Country("IN", "91", 10...10),
      Country("IT", "39", trunk: "", 8...11), Country("JP", "81", 9...10),
      Country("KR", "82", 8...10), Country("MO", "853", trunk: "", 8...8),
      Country("MX", "52", trunk: "", 10...10), Country("MY", "60", 8...10),
      Country("NL", "31", 9...9), Country("NO", "47", trunk: "", 8...8),
      Country("NZ", "64", 8...10), Country("PH", "63", 8...10),
      Country("PL", "48", trunk: "", 9...9),
      Country("PT", "351", trunk: "", 9...9), Country("RU", "7", trunk: "8", 10...10),
      Country("SA", "966", 8...9), Country("SE", "46", 7...9),
      Country("SG", "65", trunk: "", 8...8),
      Country("TH", "66", 8...9), Country("TR", "90", 10...10), Country("TW", "886", 8...9),
      Country("UA", "380", 9...9), Country("US", "1", trunk: "1", 10...10),
      Country("VN", "84", 9...10), Country("ZA", "27", 9...9),
    ]
  }
}

extension AddressKind {
  /// A phone number that can be called from abroad, with `+` and its country's code.
  package static let mobile = AddressKind(AddressKind.phone.word) { text throws(UnfitDelivery) in
    guard let number = PhoneNumber(text, in: nil) else {
      throw UnfitDelivery(
        .address,
        "expected a phone number with a country code, such as +8613800138000; add it, or set `country:` in kindly.yaml"
      )
    }
    return number.description
  } completion: { address, country in
    PhoneNumber.completed(address, in: country)
  }
}
