import KindlyCore

/// Finds mail addresses in header values and texts, without the grammar that no bounce keeps to.
enum MailAddresses {
  /// Characters that end an address where it stands in a text.
  private static let ends = Set("<>()[]\",;: \t\r\n'`=|{}\\".utf8)

  /// The addresses in a text, in their order, each once.
  static func found(in bytes: ArraySlice<UInt8>, atMost limit: Int) -> [String] {
    var found: [String] = []
    var rest = bytes
    while found.count < limit, let sign = rest.firstIndex(of: 0x40) {
      var start = sign
      while start > rest.startIndex, !ends.contains(rest[start - 1]), sign - start < 100 {
        start -= 1
      }
      var end = sign + 1
      while end < rest.endIndex, !ends.contains(rest[end]), rest[end] != 0x40, end - sign < 254 {
        end += 1
      }
      while end > sign + 1, rest[end - 1] == 0x2E || rest[end - 1] == 0x21 { end -= 1 }
      if start < sign, rest[(sign + 1)..<end].contains(0x2E) {
        let address = rest[start..<end].text
        if !found.contains(where: { $0.folded == address.folded }) { found.append(address) }
      }
      rest = rest[max(end, sign + 1)...]
    }
    return found
  }

  /// The one address of a header field such as `From`; nil where there is none.
  static func first(in value: [UInt8]) -> String? {
    if let open = value.lastIndex(of: 0x3C) {
      return found(in: value[open...], atMost: 1).first
    }
    return found(in: value[...], atMost: 1).first
  }
}
