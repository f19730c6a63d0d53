import Glibc

/// The conversation on one connection, RFC 5321 as far as a client that makes no mistakes needs it.
struct MailSession: SinkSession {
  private let connection: Int32
  private var line: [UInt8] = []
  private var isInData = false
  /// How much of CR LF . CR LF the data has just ended with.
  private var matched = 0

  private static let end = Array("\r\n.\r\n".utf8)

  init(_ connection: Int32) {
    self.connection = connection
  }

  consuming func serve(_ taken: () -> Bool) {
    var session = self
    session.answer("220 sink.invalid ESMTP")
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(session.connection, &buffer, buffer.count)
      guard count > 0 else { return }
      for byte in buffer[..<count] {
        if session.isInData {
          session.data(byte, taken)
        } else if byte == UInt8(ascii: "\n") {
          guard session.command() else { return }
        } else {
          session.line.append(byte)
        }
      }
    }
  }

  private mutating func data(_ byte: UInt8, _ taken: () -> Bool) {
    matched = byte == MailSession.end[matched] ? matched + 1 : byte == MailSession.end[0] ? 1 : 0
    guard matched == MailSession.end.count else { return }
    isInData = false
    matched = 0
    answer(taken() ? "250 2.0.0 taken" : "451 4.3.0 later")
  }

  /// Answers a command; false where the client is done.
  private mutating func command() -> Bool {
    defer { line.removeAll(keepingCapacity: true) }
    switch String(decoding: line.prefix(4), as: UTF8.self).uppercased() {
    case "EHLO": answer("250-sink.invalid\r\n250 8BITMIME")
    case "DATA":
      // A message without lines ends with a dot at once.
      (isInData, matched) = (true, 2)
      answer("354 go on")
    case "QUIT":
      answer("221 bye")
      return false
    default: answer("250 ok")
    }
    return true
  }

  private func answer(_ text: String) { connection.answer(text + "\r\n") }
}
