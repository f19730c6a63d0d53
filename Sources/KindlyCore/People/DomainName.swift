import Foundation

/// Domain names in the form that travels: lower case, ASCII, other letters as punycode (RFC 3492, RFC 5891).
enum DomainName {
  /// The ASCII form, or nil where the text is no domain name.
  static func ascii(_ text: String) -> String? {
    let normal = normal(text)
    let labels = normal.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    var result: [String] = []
    for label in labels {
      guard let ascii = asciiLabel(Substring(label)) else { return nil }
      result.append(ascii)
    }
    let domain = result.joined(separator: ".")
    return domain.utf8.count <= 253 ? domain : nil
  }

  private static func normal(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    // UTS 46 treats the East Asian full stops as dots, and so does anyone who types 例え。jp.
    let dotted = text.unicodeScalars.map { dots.contains($0) ? "." : $0 }
    return String(String.UnicodeScalarView(dotted)).lowercased()
      .precomposedStringWithCanonicalMapping
  }

  private static let dots: Set<Unicode.Scalar> = ["。", "．", "｡"]

  private static func asciiLabel(_ label: Substring) -> String? {
    let isASCII = label.utf8.allSatisfy { $0 < 0x80 }
    guard isASCII || label.unicodeScalars.allSatisfy(\.isOfDomains) else { return nil }
    guard let ascii = isASCII ? String(label) : Punycode.encode(label).map({ "xn--" + $0 }) else {
      return nil
    }
    let isLetterDigitHyphen = ascii.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
    }
    guard (1...63).contains(ascii.utf8.count), isLetterDigitHyphen, !ascii.hasPrefix("-"),
      !ascii.hasSuffix("-")
    else { return nil }
    return ascii
  }
}

extension Unicode.Scalar {
  /// Whether a label may hold it: a letter, a mark on one, a digit or the hyphen (RFC 5892, 2.1, 2.6).
  fileprivate var isOfDomains: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber:
      true
    default: self == "-"  // everything else that Unicode has
    }
  }
}

/// The encoding of Unicode in the letters, digits and hyphens of a host name, RFC 3492.
enum Punycode {
  // RFC 3492, 5: the parameters for host names.
  private static let base = 36
  private static let smallest = 1
  private static let largest = 26
  private static let skew = 38
  private static let damp = 700
  private static let firstBias = 72
  private static let firstCode = 0x80

  /// The encoded label without its `xn--`, or nil where it would overflow.
  static func encode(_ label: Substring) -> String? {
    let codes = label.unicodeScalars.map { Int($0.value) }
    // A host name's label has at most 63 letters; this bound also keeps every sum below far from overflow.
    guard codes.count <= 63 else { return nil }
    var output = codes.filter { $0 < 0x80 }.map { UInt8($0) }
    let basic = output.count
    if basic > 0 { output.append(0x2D) }
    var code = firstCode
    var delta = 0
    var bias = firstBias
    var handled = basic
    while handled < codes.count {
      guard let next = codes.filter({ $0 >= code }).min() else { return nil }
      delta += (next - code) * (handled + 1)
      code = next
      for other in codes {
        if other < code { delta += 1 }
        guard other == code else { continue }
        append(delta, bias: bias, to: &output)
        bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Writes one delta as a variable-length integer.
  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var rest = delta
    var place = base
    while true {
      let threshold = min(max(place - bias, smallest), largest)
      if rest < threshold { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      place += base
    }
    output.append(digit(rest))
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var places = 0
    while delta > (base - smallest) * largest / 2 {
      delta /= base - smallest
      places += base
    }
    return places + (base - smallest + 1) * delta / (delta + skew)
  }

  /// The digit of a value: a to z, then 0 to 9.
  private static func digit(_ value: Int) -> UInt8 {
    UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26)
  }
}
