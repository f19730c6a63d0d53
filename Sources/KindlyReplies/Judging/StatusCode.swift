import KindlyCore

/// An enhanced mail system status code; RFC 3463.
struct StatusCode: Equatable {
  let group: Int
  let subject: Int
  let detail: Int

  /// The first code in some text: `5.1.1`.
  init?(in bytes: ArraySlice<UInt8>) {
    var previous: UInt8 = 0x20
    for index in bytes.indices {
      let byte = bytes[index]
      defer { previous = byte }
      guard byte == 0x32 || byte == 0x34 || byte == 0x35, !previous.isDigit, previous != 0x2E,
        let code = StatusCode(at: index, in: bytes)
      else { continue }
      self = code
      return
    }
    return nil
  }

  private init?(at start: Int, in bytes: ArraySlice<UInt8>) {
    var numbers: [Int] = []
    var index = start
    while numbers.count < 3 {
      let digits = bytes[index...].prefix { $0.isDigit }
      guard (1...3).contains(digits.count) else { return nil }
      numbers.append(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
      index = digits.endIndex
      guard numbers.count < 3 else { break }
      guard index < bytes.endIndex, bytes[index] == 0x2E else { return nil }
      index += 1
    }
    // An IP address has a fourth number.
    if index < bytes.endIndex, bytes[index] == 0x2E, bytes[(index + 1)...].first?.isDigit == true {
      return nil
    }
    guard numbers[0] < 10 else { return nil }
    (group, subject, detail) = (numbers[0], numbers[1], numbers[2])
  }

  var text: String { "\(group).\(subject).\(detail)" }

  /// Whether the code says why, and not only that it failed.
  var isTelling: Bool { subject != 0 }

  /// The kind of bounce that the code stands for; nil where it does not say why.
  var kind: BounceKind? {
    switch (group, subject, detail) {
    case (2, _, _): nil
    case (_, 7, _), (_, 5, _), (_, 1, 7), (_, 1, 8): .refused
    case (4, _, _): .soft
    case (5, 1, 1...3), (5, 1, 6), (5, 1, 10), (5, 2, 1), (5, 4, 4): .hard
    case (5, 0, _): nil
    default: .soft  // RFC 3463 has many more, and none of them says that the address does not exist
    }
  }
}
