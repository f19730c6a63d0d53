/// Reads the numbers that the tests' scripts print.
enum OracleNumbers {
  /// A decimal number with an optional minus; digits only, as a script of ours prints it.
  static func number(_ text: some Collection<UInt8>) -> Int {
    var value = 0
    var isNegative = false
    for byte in text {
      if byte == UInt8(ascii: "-") {
        isNegative = true
      } else {
        value = value * 10 + Int(byte &- UInt8(ascii: "0"))
      }
    }
    return isNegative ? -value : value
  }
}
