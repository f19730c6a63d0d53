import Glibc

/// HTTP/1.1 as far as a client that makes no mistakes needs it: requests with a Content-Length, on one connection.
struct HTTPSession: SinkSession {
  private let connection: Int32
  private var bytes: [UInt8] = []

  private static let end = Array("\r\n\r\n".utf8)
  private static let accepted = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
  /// A refusal of this one message, which says nothing of the service.
  private static let refused = "HTTP/1.1 425 Too Early\r\nContent-Length: 0\r\n\r\n"

  init(_ connection: Int32) {
    self.connection = connection
  }

  consuming func serve(_ taken: () -> Bool) {
    var session = self
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(session.connection, &buffer, buffer.count)
      guard count > 0 else { return }
      session.bytes += buffer[..<count]
      while session.takeRequest() {
        session.connection.answer(taken() ? HTTPSession.accepted : HTTPSession.refused)
      }
    }
  }

  /// Removes the first request if it is there as a whole.
  private mutating func takeRequest() -> Bool {
    guard let end = bytes.firstRange(of: HTTPSession.end) else { return false }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
    let length = head.split(separator: "content-length: ").dropFirst().first.flatMap { text in
      Int(text.prefix { $0.isNumber })
    }
    let total = end.upperBound + (length ?? 0)
    guard bytes.count >= total else { return false }
    bytes.removeFirst(total)
    return true
  }
}
