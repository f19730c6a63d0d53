import Foundation
import Glibc
import Synchronization

/// A mail server that takes everything and keeps only a count: as fast as a server on this machine can be.
///
/// Each connection has a thread that reads and answers with blocking calls. It ends when its client hangs up.
final class MailSink: Sendable {
  let port: UInt16
  private let listener: Int32
  private let received = Atomic(0)

  /// How many messages were taken with 250.
  var count: Int { received.load(ordering: .acquiring) }

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [self] in accept() }
    thread.start()
  }

  /// Takes no more connections; those that are open end with their clients.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      var flag: Int32 = 1
      setsockopt(
        connection, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
      let thread = Thread { [self] in
        MailSession(connection).serve { received.add(1, ordering: .acquiringAndReleasing) }
        Glibc.close(connection)
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
    Glibc.close(listener)
  }
}

/// The conversation on one connection, RFC 5321 as far as a client that makes no mistakes needs it.
private struct MailSession {
  private let connection: Int32
  private var line: [UInt8] = []
  private var isInData = false
  /// How much of CR LF . CR LF the data has just ended with.
  private var matched = 0

  private static let end = Array("\r\n.\r\n".utf8)

  init(_ connection: Int32) {
    self.connection = connection
  }

  consuming func serve(_ taken: () -> Void) {
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

  private mutating func data(_ byte: UInt8, _ taken: () -> Void) {
    matched = byte == MailSession.end[matched] ? matched + 1 : byte == MailSession.end[0] ? 1 : 0
    guard matched == MailSession.end.count else { return }
    isInData = false
    matched = 0
    taken()
    answer("250 2.0.0 taken")
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

  private func answer(_ text: String) {
    let bytes = Array((text + "\r\n").utf8)
    // A client that is gone is noticed at the next read.
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
