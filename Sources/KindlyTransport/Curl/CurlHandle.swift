import CCurl
import Glibc
import KindlyCore

/// Follows a transfer for its caller; called on the thread that performs the transfer.
protocol CurlFollower: AnyObject {
  /// Copies the next bytes to send into a buffer, and returns how many; 0 at the end.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int

  /// Handles a line that the other side sent; returns whether to go on.
  func received(_ line: String) -> Bool

  /// Handles the next bytes of the other side's body; returns whether to go on.
  func received(_ bytes: UnsafeRawBufferPointer) -> Bool

  /// Handles a line that was sent; it must never be printed.
  func sent(_ line: String)

  /// Whether to give up. Asked at least once a second, even where libcurl itself would wait forever.
  var isOverdue: Bool { get }

  /// Whether a connection to this address may be opened. Asked at each attempt to connect, with the resolved address.
  func mayConnect(to address: IPAddress) -> Bool
}

extension CurlFollower {
  func received(_: UnsafeRawBufferPointer) -> Bool { true }
  func mayConnect(to _: IPAddress) -> Bool { true }
}

/// An easy handle of libcurl with a connection cache of one; it is used by one thread only.
///
/// It holds what every protocol over libcurl has in common: which servers are trusted, time limits, callbacks, and the
/// words for errors. TLS is configured before the first transfer and never changed, because libcurl would reuse a
/// plaintext connection for a handle that demands TLS (CVE-2026-4873). Sources: libcurl-easy(3), curl_easy_setopt(3).
final class CurlHandle {
  private let handle: UnsafeMutableRawPointer
  private var isOpen = true
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  // Unsafe because libcurl calls back while the follower, in its own `deinit`, closes the handle.
  private unowned(unsafe) let follower: any CurlFollower

  /// A server that can be reached connects well within this.
  static let connectPatience = Duration.seconds(60)
  /// Servers close idle connections after five minutes, overloaded servers earlier. One idle for longer is not reused.
  private static let longestIdleSeconds = 60
  /// libcurl's own limit for each answer. It must be longer than the follower's patience, because the follower decides.
  private static let longestAnswerSeconds = 3600

  /// Makes a handle for one URL; nil where there is no memory or libcurl cannot be prepared.
  ///
  /// - Parameters:
  ///   - protocols: those that the handle may speak, as `CURLOPT_PROTOCOLS_STR` names them.
  ///   - caFile: the certificates to trust instead of the system's.
  ///   - proxy: the URL of an HTTP proxy; nil for none, whatever the environment says.
  ///   - connectPatience: how long a connection may take to open, TLS included.
  ///   - follower: not retained; it must outlive the handle.
  init?(
    url: String, protocols: String, caFile: String?, proxy: String? = nil,
    connectPatience: Duration = CurlHandle.connectPatience, follower: any CurlFollower
  ) {
    guard CurlLibrary.ready, let handle = curl_easy_init() else {
      words.deallocate()
      return nil
    }
    self.handle = handle
    self.follower = follower
    words.pointee = 0
    set(CURLOPT_URL, to: url)
    set(CURLOPT_PROTOCOLS_STR, to: protocols)
    // A proxy from the environment would be a surprise; messages go where the configuration says.
    set(CURLOPT_PROXY, to: proxy ?? "")
    set(CURLOPT_NOSIGNAL, to: 1)
    set(CURLOPT_MAXCONNECTS, to: 1)
    set(CURLOPT_TCP_KEEPALIVE, to: 1)
    set(CURLOPT_MAXAGE_CONN, to: CurlHandle.longestIdleSeconds)
    set(CURLOPT_CONNECTTIMEOUT_MS, to: Int(connectPatience.wholeMilliseconds))
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, to: CurlHandle.longestAnswerSeconds)
    set(CURLOPT_SSLVERSION, to: Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, to: 1)
    set(CURLOPT_SSL_VERIFYHOST, to: 2)
    if let caFile { set(CURLOPT_CAINFO, to: caFile) }
    setCallbacks()
  }

  deinit {
    if isOpen { curl_easy_cleanup(handle) }
    words.deallocate()
  }

  // MARK: Options

  func set(_ option: CURLoption, to number: Int) { kindly_curl_set_long(handle, option, number) }

  func set(_ option: CURLoption, to text: String) { kindly_curl_set_text(handle, option, text) }

  // MARK: A transfer

  /// Performs a transfer with an option whose value is a list; libcurl does not copy the list.
  func perform(_ option: CURLoption, _ texts: [String], within limit: Duration) -> CURLcode {
    let list = texts.reduce(nil) { curl_slist_append($0, $1) }
    defer {
      kindly_curl_set_list(handle, option, nil)
      curl_slist_free_all(list)
    }
    kindly_curl_set_list(handle, option, list)
    // 0 would mean: no limit.
    set(CURLOPT_TIMEOUT_MS, to: max(1, Int(limit.wholeMilliseconds)))
    words.pointee = 0
    return curl_easy_perform(handle)
  }

  /// Performs a transfer that has no list; with `CURLOPT_CONNECT_ONLY`, only opens the connection and logs in.
  func perform(within limit: Duration) -> CURLcode {
    set(CURLOPT_TIMEOUT_MS, to: max(1, Int(limit.wholeMilliseconds)))
    words.pointee = 0
    return curl_easy_perform(handle)
  }

  /// The socket of the open connection; -1 where there is none.
  var socket: Int32 {
    var socket = curl_socket_t(-1)
    kindly_curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket)
    return socket
  }

  /// Sends bytes over a connection that was only opened; says how many went out.
  func send(_ bytes: UnsafeRawBufferPointer) -> (code: CURLcode, count: Int) {
    var count = 0
    let code = curl_easy_send(handle, bytes.baseAddress, bytes.count, &count)
    return (code, count)
  }

  /// Receives bytes over a connection that was only opened; `CURLE_AGAIN` where none have come.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> (code: CURLcode, count: Int) {
    var count = 0
    let code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
    return (code, count)
  }

  /// How many connections the last transfer opened; 0 where it reused one.
  var openedConnections: Int {
    var count = 0
    kindly_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &count)
    return count
  }

  /// The status code of the last answer; 0 where there was none.
  var status: Int {
    var code = 0
    kindly_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &code)
    return code
  }

  /// How many bytes of the last request's body were sent.
  var sentBytes: Int {
    var count = curl_off_t(0)
    kindly_curl_get_offset(handle, CURLINFO_SIZE_UPLOAD_T, &count)
    return Int(count)
  }

  /// Why the last transfer failed, in libcurl's words, which may repeat what was sent.
  func explanation(of code: CURLcode) -> String {
    let detail = String(cString: words)
    return detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
  }

  /// Closes the connection and the handle, which must not be used afterwards.
  ///
  /// It first shuts down one direction of the connection, or both. Otherwise libcurl would say goodbye on closing, and
  /// wait for the answer.
  func close(ending direction: Int) {
    var socket = curl_socket_t(-1)
    if kindly_curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 {
      shutdown(socket, Int32(direction))
    }
    curl_easy_cleanup(handle)
    isOpen = false
  }

  // MARK: Callbacks

  private func setCallbacks() {
    // Unretained is right: the handle is closed in `deinit`, and libcurl calls back only within `perform` and closing.
    let me = Unmanaged.passUnretained(self).toOpaque()
    kindly_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words)
    kindly_curl_set_read(handle) { buffer, size, count, me in
      guard let buffer, let me else { return 0 }
      return CurlHandle.follower(of: me).fill(
        UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }
    kindly_curl_set_pointer(handle, CURLOPT_READDATA, me)
    kindly_curl_set_header(handle) { line, size, count, me in
      guard let line, let me else { return 0 }
      let text = CurlHandle.text(line, count: size * count)
      // Any other number than the one given ends the transfer.
      return CurlHandle.follower(of: me).received(text) ? size * count : 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_HEADERDATA, me)
    kindly_curl_set_write(handle) { bytes, size, count, me in
      guard let bytes, let me else { return 0 }
      let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return CurlHandle.follower(of: me).received(body) ? size * count : 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_WRITEDATA, me)
    kindly_curl_set_opensocket(handle) { me, _, address in
      guard let me, let address else { return curl_socket_t(-1) }
      return CurlHandle.socket(to: address, asking: CurlHandle.follower(of: me))
    }
    kindly_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me)
    kindly_curl_set_progress(handle) { me, _, _, _, _ in
      guard let me else { return 0 }
      return CurlHandle.follower(of: me).isOverdue ? 1 : 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_XFERINFODATA, me)
    set(CURLOPT_NOPROGRESS, to: 0)
    // Only this callback sees the lines that go out.
    kindly_curl_set_debug(handle) { _, kind, text, count, me in
      guard kind == CURLINFO_HEADER_OUT, let text, let me else { return 0 }
      CurlHandle.follower(of: me).sent(CurlHandle.text(text, count: count))
      return 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_DEBUGDATA, me)
    set(CURLOPT_VERBOSE, to: 1)
  }

  private static func follower(of me: UnsafeMutableRawPointer) -> any CurlFollower {
    Unmanaged<CurlHandle>.fromOpaque(me).takeUnretainedValue().follower
  }

  /// A socket for an address, or none where the follower refuses it.
  private static func socket(
    to address: UnsafeMutablePointer<curl_sockaddr>, asking follower: any CurlFollower
  ) -> curl_socket_t {
    // The address is longer than its declared type, so it is read through a raw pointer.
    let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
    let start = UnsafeRawPointer(address) + offset
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(address.pointee.addrlen))
    if let target = IPAddress(socketAddress: bytes), !follower.mayConnect(to: target) { return -1 }
    return Glibc.socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
      address.pointee.protocol)
  }

  private static func text(_ start: UnsafeMutablePointer<CChar>, count: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    return String(decoding: bytes, as: UTF8.self).trimmed
  }
}
