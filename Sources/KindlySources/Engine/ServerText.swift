import KindlyCore

/// Values as servers write them in text.
extension UnsafeBufferPointer<UInt8> {
  /// Digits, perhaps with a minus before them, that fit into 64 bits.
  var wholeNumber: Int64? {
    let isNegative = first == UInt8(ascii: "-")
    var number: Int64 = 0
    for byte in dropFirst(isNegative ? 1 : 0) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      // Counted downwards, because the least number has no positive counterpart.
      let (next, isTooLong) = tens.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      if isTooLarge || isTooLong { return nil }
      number = next
    }
    if isNegative { return number }
    return number == .min ? nil : -number
  }

  /// The whole number of `12` and `12.00`; nil for `12.50`.
  var wholeDecimal: Int64? {
    guard let point = firstIndex(of: UInt8(ascii: ".")) else { return wholeNumber }
    guard self[(point + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
    return UnsafeBufferPointer(rebasing: self[..<point]).wholeNumber
  }

  /// The bytes before the spaces at the end.
  var withoutPadding: UnsafeBufferPointer<UInt8> {
    var end = endIndex
    while end > startIndex, self[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[..<end])
  }
}

/// Checks what a server would accept as a value of a type; a value that it rejects fails the whole statement.
extension String {
  /// Whether it is a date as servers write it, the year first; also one so far away that it is none to us.
  var isDate: Bool {
    guard dropFirst(4).first == "-" else { return false }
    do throws(Anchor.Unusable) {
      _ = try Anchor(.text(self), as: .unknown)
      return true
    } catch {
      return error == .epoch || error == .unlikely || error == .placeholder
    }
  }

  /// Whether it is a UUID in small letters.
  var isUUID: Bool {
    utf8.count == 36
      && utf8.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index)
          ? byte == UInt8(ascii: "-")
          : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  /// Whether it has the characters of a decimal number and no others.
  var isDecimal: Bool { !isEmpty && allSatisfy { "-.0123456789".contains($0) } }
}
