extension String {
  /// The text with some of its ASCII characters written otherwise.
  ///
  /// By bytes, because those who read the result compare bytes: to them a quote with a combining mark behind it is a quote.
  package func escaping(_ replacement: (_ byte: UInt8) -> String?) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count + 16)
    for byte in utf8 {
      if byte < 0x80, let replacement = replacement(byte) {
        bytes += replacement.utf8
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
