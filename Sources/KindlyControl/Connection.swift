import Dispatch
import Glibc
import Synchronization

/// A connected or listening stream socket; its blocking calls run on a thread of its own.
///
/// `stop` may be called at any time from anywhere. Everything else is for the one task that owns the connection.
final class Connection: Sendable {
  private let descriptor: Int32
  private let isOpen = Mutex(true)
  private let queue = DispatchQueue(label: "kindly.control")
  /// What has been read beyond the last line.
  private let pending = Mutex<[UInt8]>([])

  /// Takes the descriptor over.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close() }

  /// A new, unconnected unix stream socket.
  static func unconnected(path: String) throws(ControlError) -> Connection {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", path: path, code: errno) }
    return Connection(descriptor)
  }

  /// Runs a blocking call on a separate thread, because the cooperative pool has only two threads.
  func blocking<Result: Sendable>(
    _ body: @escaping @Sendable (Int32) -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body(self.descriptor)) }
    }
  }

  /// Gives up on a peer that is silent for this long.
  func setTimeout(_ limit: Duration) {
    let microseconds = limit.components.attoseconds / 1_000_000_000_000
    var time = timeval(tv_sec: time_t(limit.components.seconds), tv_usec: suseconds_t(microseconds))
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }

  /// Whether the peer has sent something that is not read yet, or has closed.
  var hasInput: Bool {
    isOpen.withLock { open in
      var byte: UInt8 = 0
      return open && recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }
  }

  /// Whether the peer has closed, and nothing that it sent is left to be read.
  var hasEnded: Bool {
    isOpen.withLock { open in
      var byte: UInt8 = 0
      return open && recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }
  }

  /// Waits for a time without occupying the cooperative pool.
  static func wait(_ time: Duration) async {
    let parts = time.components
    let milliseconds = Int32(
      clamping: parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000)
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        _ = poll(nil, 0, milliseconds)
        continuation.resume()
      }
    }
  }

  /// Stops accepting and reading; pending calls return. A reply can still be written.
  func stop() {
    isOpen.withLock { open in
      if open { _ = shutdown(descriptor, Int32(SHUT_RD)) }
    }
  }

  func close() {
    isOpen.withLock { open in
      if open { _ = Glibc.close(descriptor) }
      open = false
    }
  }

  enum Line: Sendable {
    case line([UInt8])
    /// The peer has closed, or was silent for too long.
    case end
    case tooLong
  }

  /// The next line without its newline.
  func readLine(limit: Int) async -> Line {
    await blocking { descriptor in
      self.pending.withLock { Self.readLine(from: descriptor, pending: &$0, limit: limit) }
    }
  }

  private static func readLine(
    from descriptor: Int32, pending: inout [UInt8], limit: Int
  ) -> Line {
    var searched = 0
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        guard end <= limit else { return .tooLong }
        let line = Array(pending[..<end])
        pending.removeFirst(end + 1)
        return .line(line)
      }
      guard pending.count <= limit else { return .tooLong }
      searched = pending.count
      guard let more = read(from: descriptor) else { return .end }
      pending += more
    }
  }

  /// The bytes that have arrived, at least one. Nil at the end, after a time-out, and after an error, which callers
  /// treat alike.
  private static func read(from descriptor: Int32) -> ArraySlice<UInt8>? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &bytes, bytes.count, 0)
      if count > 0 { return bytes[..<count] }
      if count < 0 && errno == EINTR { continue }
      return nil
    }
  }

  /// Writes all bytes; false where the peer has gone or takes nothing.
  func write(_ bytes: [UInt8]) async -> Bool {
    await blocking { descriptor in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}
