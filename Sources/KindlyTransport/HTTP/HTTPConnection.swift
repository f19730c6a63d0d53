import CCurl
import Glibc
import KindlyCore

/// One connection to a service, opened when needed and reused; it is used by one thread only.
final class HTTPConnection: TransferConnection {
  private let access: HTTPAccess
  private let closing: Closing
  private var handle: CurlHandle?

  // The transfer in progress.
  private var body: [UInt8] = []
  private var offset = 0
  private var isSent = false
  private var headers: [HTTPRequest.Header] = []
  private var answer: [UInt8] = []
  private var isAnswered = false
  private var refusedAddress: IPAddress?
  private var isRepeatRefused = false
  private var began = Uptime(nanoseconds: 0)
  private var deadline = Uptime(nanoseconds: 0)

  /// A provider's answer has a dozen headers; the rest is not kept.
  private static let mostHeaders = 64

  init(access: HTTPAccess, closing: Closing) {
    self.access = access
    self.closing = closing
  }

  deinit { end() }

  func end() {
    handle?.close(ending: SHUT_RDWR)
    handle = nil
  }

  func carryOut(_ request: HTTPRequest, by deadline: Uptime) -> HTTPEnding {
    let host = HTTPConnection.host(of: request.url)
    guard let handle = self.handle ?? open() else {
      return .misconfigured("\(host): libcurl cannot be prepared")
    }
    begin(request, by: deadline)
    let limit = Duration.milliseconds(deadline.milliseconds(since: began))
    let code = perform(request, on: handle, within: limit)
    defer { forget(after: code) }
    return ending(code, of: host, on: handle)
  }

  // MARK: One transfer

  private func begin(_ request: HTTPRequest, by deadline: Uptime) {
    body = request.body ?? []
    offset = 0
    isSent = false
    headers = []
    answer = []
    isAnswered = false
    refusedAddress = nil
    isRepeatRefused = false
    began = Uptime.reading()
    self.deadline = deadline
  }

  private func perform(
    _ request: HTTPRequest, on handle: CurlHandle, within limit: Duration
  ) -> CURLcode {
    handle.set(CURLOPT_URL, to: request.url)
    if request.body != nil {
      // POST makes libcurl ask for the body; CURLOPT_CUSTOMREQUEST then replaces only the method's name.
      handle.set(CURLOPT_POST, to: 1)
      handle.set(CURLOPT_POSTFIELDSIZE, to: body.count)
    } else {
      handle.set(CURLOPT_HTTPGET, to: 1)
    }
    handle.set(CURLOPT_CUSTOMREQUEST, to: request.method)
    // A blank value would be left out by libcurl; a semicolon asks for an empty header.
    let lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    // A body without a type would be called a form by libcurl.
    let untyped =
      request.headers.contains { $0.name.lowercased() == "content-type" } ? [] : ["Content-Type:"]
    // Without `Expect:` libcurl would ask before it sends a large body, and few servers answer that.
    return handle.perform(CURLOPT_HTTPHEADER, lines + untyped + ["Expect:"], within: limit)
  }

  /// Whether the other side may have all of the request, and so may have acted on it.
  ///
  /// libcurl repeats a request by itself if a reused connection is lost before an answer. It then forgets how much it
  /// had sent, so if libcurl tries to repeat a request, the request counts as handed over.
  private func isHandedOver(after code: CURLcode, on handle: CurlHandle) -> Bool {
    if isRepeatRefused || code == CURLE_SEND_FAIL_REWIND { return true }
    return isSent && handle.sentBytes >= body.count
  }

  private func ending(_ code: CURLcode, of host: String, on handle: CurlHandle) -> HTTPEnding {
    // An answer may come before the whole request is sent, and is then about the request all the same.
    if isAnswered, handle.status >= 200 {
      return .answered(
        HTTPAnswer(
          status: handle.status, headers: headers, body: answer, isWhole: code == CURLE_OK))
    }
    let text = "\(host): \(explanation(of: code, on: handle))"
    if isHandedOver(after: code, on: handle) {
      return .unanswered("\(text); the whole request had been sent")
    }
    if code == CURLE_ABORTED_BY_CALLBACK, closing.hasBegun {
      return .withdrawn("\(host): the channel closes; nothing was sent")
    }
    if let refusedAddress {
      return .misconfigured(
        "\(host) is at \(refusedAddress), which is not a public address; write `private addresses: yes` if it is a"
          + " server of your own")
    }
    switch CurlTrouble(code) {
    case .certificate, .certificateFile:
      return .misconfigured(
        CurlTrouble.words(for: code, host: host, explanation(of: code, on: handle)))
    case .configuration: return .misconfigured(text)
    case .passing: return .unreachable(text)
    }
  }

  /// Drops the customer's data. After a failure it also drops the connection, because it is unknown where the next
  /// answer on it begins.
  private func forget(after code: CURLcode) {
    body = []
    answer = []
    headers = []
    if code != CURLE_OK { end() }
  }

  private func explanation(of code: CURLcode, on handle: CurlHandle) -> String {
    switch code {
    case CURLE_OK: "the answer has no status"
    case CURLE_ABORTED_BY_CALLBACK where closing.hasBegun: "the channel closes"
    case CURLE_ABORTED_BY_CALLBACK, CURLE_OPERATION_TIMEDOUT: "no answer in time"
    case CURLE_SEND_FAIL_REWIND,
      CURLE_COULDNT_CONNECT where isRepeatRefused:
      "the connection was lost before an answer"
    // libcurl's own words hold no header and no body, but the URL's host.
    default: Evidence.line(handle.explanation(of: code), hiding: "")
    }
  }

  /// The host that a URL names, with its port; never the path, which may hold a secret.
  private static func host(of url: String) -> String {
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return String(authority.split(separator: "@").last ?? "?")
  }

  private func open() -> CurlHandle? {
    handle = CurlHandle(
      url: "", protocols: "http,https", caFile: access.caFile, proxy: access.proxy,
      connectPatience: access.connectPatience, follower: self)
    handle?.set(CURLOPT_FOLLOWLOCATION, to: 0)
    // A path is what the configuration says, whatever dots a customer's value holds.
    handle?.set(CURLOPT_PATH_AS_IS, to: 1)
    // By default, libcurl uses a name's old address for up to a minute. Each new connection resolves the name again.
    handle?.set(CURLOPT_DNS_CACHE_TIMEOUT, to: 0)
    handle?.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, to: 1)
    handle?.set(CURLOPT_HTTP_VERSION, to: CURL_HTTP_VERSION_2TLS)
    return handle
  }
}

// MARK: - What libcurl does

extension HTTPConnection: CurlFollower {
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, body.count - offset)
    guard count > 0 else { return 0 }
    body.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
    }
    offset += count
    return count
  }

  func sent(_ head: String) {
    // The way through a proxy is not the request yet.
    if !head.hasPrefix("CONNECT ") { isSent = true }
  }

  func received(_ line: String) -> Bool {
    // Each answer begins with its status; what came before was an interim one, or of another attempt.
    if line.hasPrefix("HTTP/") {
      headers = []
      isAnswered = true
      return true
    }
    guard headers.count < HTTPConnection.mostHeaders, let colon = line.firstIndex(of: ":") else {
      return true
    }
    headers.append(
      HTTPRequest.Header(String(line[..<colon]), line[line.index(after: colon)...].trimmed))
    return true
  }

  func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let room = HTTPAnswer.longestBody - answer.count
    answer += bytes.prefix(room)
    return bytes.count <= room
  }

  var isOverdue: Bool {
    let now = Uptime.reading()
    if now > deadline || closing.isOver(at: now) { return true }
    if closing.hasBegun && !(isSent && offset >= body.count) { return true }
    return !isAnswered && now > began.advanced(by: access.firstBytePatience)
  }

  func mayConnect(to address: IPAddress) -> Bool {
    // A new connection for a request that has been sent would repeat it.
    if isSent {
      isRepeatRefused = true
      return false
    }
    if access.allowsPrivate || access.proxy != nil || address.isPublic { return true }
    refusedAddress = address
    return false
  }
}
