import Foundation
import Glibc
import Synchronization

/// The server's side of one connection, which reads and answers with blocking calls until its client hangs up.
protocol SinkSession {
  init(_ connection: Int32)

  /// - Parameter taken: called for each message before it is acknowledged; tells whether to accept it.
  consuming func serve(_ taken: () -> Bool)
}

/// A server that keeps only a count of what it is given: as fast as a server on this machine can be.
///
/// Each connection has a thread, which ends when its client hangs up.
final class LoopbackSink: Sendable {
  let port: UInt16
  private let listener: Int32
  private let received = Atomic(0)
  private let offered = Atomic(0)
  private let failsEverySecond: Bool

  /// How many messages were accepted.
  var count: Int { received.load(ordering: .acquiring) }

  /// - Parameter failsEverySecond: whether every second message is refused for now.
  init<Session: SinkSession>(
    _: Session.Type, failsEverySecond: Bool = false
  ) throws where Session: SendableMetatype {
    self.failsEverySecond = failsEverySecond
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
    let thread = Thread { [self] in accept(Session.self) }
    thread.start()
  }

  /// Takes no more connections; those that are open end with their clients.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept<Session: SinkSession>(
    _: Session.Type
  ) where Session: SendableMetatype {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      var flag: Int32 = 1
      setsockopt(
        connection, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
      let thread = Thread { [self] in
        Session(connection).serve { take() }
        Glibc.close(connection)
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
    Glibc.close(listener)
  }

  private func take() -> Bool {
    let number = offered.add(1, ordering: .acquiringAndReleasing).newValue
    if failsEverySecond, number % 2 == 0 { return false }
    received.add(1, ordering: .acquiringAndReleasing)
    return true
  }
}

extension Int32 {
  /// Sends a whole text to a connection. A client that is gone is noticed at the next read.
  func answer(_ text: String) {
    let bytes = Array(text.utf8)
    _ = send(self, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
