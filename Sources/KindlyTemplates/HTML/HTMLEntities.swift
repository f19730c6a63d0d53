/// Decodes the character references that letters use.
///
/// Numbers and the names of Latin-1 and of typography; a rarer name stays as it is written.
enum HTMLEntities {
  static func decoded(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(UInt8(ascii: "&")) else { return bytes }
    var text: ArraySlice<UInt8> = []
    var rest = bytes
    while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
      text += rest[..<ampersand]
      rest = rest[ampersand...]
      // No reference is longer, so a lone & in a long text costs nothing.
      let reference = rest.prefix(12)
      if let end = reference.firstIndex(of: UInt8(ascii: ";")),
        let decoded = character(String(decoding: rest[(ampersand + 1)..<end], as: UTF8.self))
      {
        text += decoded.utf8
        rest = rest[(end + 1)...]
      } else {
        text.append(UInt8(ascii: "&"))
        rest = rest.dropFirst()
      }
    }
    return text + rest
  }

  private static func character(_ name: String) -> String? {
    guard name.hasPrefix("#") else { return named[name] }
    let digits = name.dropFirst()
    let value =
      digits.first == "x" || digits.first == "X"
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init).map { String($0) }
  }

  /// The names of U+00A0 to U+00FF in order, from the HTML standard.
  private static let latin1 = """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
    micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
    Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash \
    Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc \
    euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml \
    yacute thorn yuml
    """

  private static let others: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "hellip": "…", "mdash": "—",
    "ndash": "–", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”",
    "bdquo": "„",
    "bull": "•", "euro": "€", "trade": "™", "larr": "←", "uarr": "↑", "rarr": "→", "darr": "↓",
    "lsaquo": "‹", "rsaquo": "›", "minus": "−", "ne": "≠", "le": "≤", "ge": "≥", "check": "✓",
    "hearts": "♥", "ensp": " ", "emsp": " ", "thinsp": " ", "zwnj": "", "zwj": "\u{200D}",
    "lrm": "\u{200E}", "rlm": "\u{200F}", "oelig": "œ", "OElig": "Œ", "permil": "‰",
  ]

  private static let named: [String: String] = {
    var named = others
    for (offset, name) in latin1.split(separator: " ").enumerated() {
      // Every number from A0 to FF is a character.
      named[String(name)] = Unicode.Scalar(0xA0 + UInt32(offset)).map { String($0) }
    }
    return named
  }()
}
