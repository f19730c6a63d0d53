import CCurl
import Glibc
import KindlyCore

/// What an IMAP client is asked to do.
enum IMAPRequest: Sendable {
  /// Reads up to `count` mails after a UID, up to `bytes` of each.
  case look(after: UInt32, validity: UInt32?, count: Int, bytes: Int)
  case mark([UInt32], validity: UInt32, MailMark)
  /// Whether the folder, and the one to move to, are there; counts the folder's mails.
  case check(MailMark?)
}

/// What it answered.
enum IMAPAnswer: Sendable {
  case looked(MailboxLook)
  case marked
  case checked(count: Int)
}

/// One connection to the server, opened when needed; it is used by one thread only.
///
/// libcurl connects, encrypts and logs in (`CURLOPT_CONNECT_ONLY`), and the commands after that are ours. Those of
/// libcurl would fetch without PEEK, which marks mails as read, and would take a line of a mail for the server's.
final class IMAPConnection: TransferConnection {
  let account: IMAPAccount
  private let closing: Closing
  private var handle: CurlHandle?
  private var scanner = IMAPScanner(longestLiteral: IMAPConnection.longestLiteral)
  private var tag = 0
  private var deadline = Uptime(nanoseconds: 0)
  private var lastSign = Uptime(nanoseconds: 0)

  /// More than any part of a mail that is asked for.
  private static let longestLiteral = 1 << 20
  /// How often a wait looks at the clock, in milliseconds.
  private static let pollInterval = Int32(500)

  init(account: IMAPAccount, closing: Closing) {
    self.account = account
    self.closing = closing
  }

  deinit { end() }

  func end() {
    handle?.close(ending: SHUT_RDWR)
    handle = nil
    scanner = IMAPScanner(longestLiteral: IMAPConnection.longestLiteral)
  }

  func carryOut(
    _ request: IMAPRequest, by deadline: Uptime
  ) -> Result<IMAPAnswer, MailboxFault> {
    self.deadline = deadline
    lastSign = Uptime.reading()
    let wasOpen = handle != nil
    do throws(MailboxFault) {
      return .success(try answer(request))
    } catch {
      end()
      // A server may close an idle connection at any time, and every request may be repeated.
      guard wasOpen, case .passing = error, !closing.hasBegun else { return .failure(error) }
      do throws(MailboxFault) {
        return .success(try answer(request))
      } catch {
        end()
        return .failure(error)
      }
    }
  }

  private func answer(_ request: IMAPRequest) throws(MailboxFault) -> IMAPAnswer {
    if handle == nil { try open() }
    let session = IMAPSession(connection: self)
    switch request {
    case .look(let uid, let validity, let count, let bytes):
      return .looked(try session.look(after: uid, validity: validity, count: count, bytes: bytes))
    case .mark(let uids, let validity, let mark):
      try session.mark(uids, validity: validity, mark)
      return .marked
    case .check(let mark): return .checked(count: try session.check(mark))
    }
  }

  // MARK: Commands

  /// Sends a command, hands over the responses before its completion, and returns the completion.
  func perform(
    _ command: String, each: (IMAPResponse) -> Void = { _ in }
  ) throws(MailboxFault) -> IMAPResponse.Completion {
    tag += 1
    let name = "K\(tag)"
    try send(Array("\(name) \(command)\r\n".utf8))
    while true {
      let response = try next()
      if let completion = response.completion(of: name) { return completion }
      if response.isGoodbye { throw .passing("\(host) ended the connection") }
      each(response)
    }
  }

  private var host: String { account.server.host }

  private func next() throws(MailboxFault) -> IMAPResponse {
    while true {
      do {
        if let response = try scanner.next() {
          lastSign = Uptime.reading()
          return response
        }
      } catch {
        throw .passing("\(host) sent a line or a mail that is longer than was asked for")
      }
      try receive()
    }
  }

  private func send(_ bytes: [UInt8]) throws(MailboxFault) {
    var sent = 0
    while sent < bytes.count {
      let (code, count) = bytes[sent...].withUnsafeBytes {
        handle?.send($0) ?? (CURLE_FAILED_INIT, 0)
      }
      sent += count
      switch code {
      case CURLE_OK: continue
      case CURLE_AGAIN: try wait(Int16(POLLOUT))
      default: throw .passing("\(host): the connection was lost")
      }
    }
  }

  private func receive() throws(MailboxFault) {
    let room = 1 << 16
    let code = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
      guard let handle else { return CURLE_FAILED_INIT }
      let (code, count) = handle.receive(into: buffer)
      if code == CURLE_OK, count == 0 { return CURLE_GOT_NOTHING }
      if code == CURLE_OK { scanner.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
      return code
    }
    switch code {
    case CURLE_OK: return
    case CURLE_AGAIN: try wait(Int16(POLLIN))
    default: throw .passing("\(host): the connection was lost")
    }
  }

  /// Waits until the socket is ready, or throws when it is too late.
  private func wait(_ event: Int16) throws(MailboxFault) {
    while true {
      if isOverdue {
        throw .passing("\(host): \(closing.hasBegun ? "the mailbox closes" : "no answer in time")")
      }
      var descriptor = pollfd(fd: handle?.socket ?? -1, events: event, revents: 0)
      if poll(&descriptor, 1, IMAPConnection.pollInterval) > 0 { return }
    }
  }

  // MARK: Opening

  private func open() throws(MailboxFault) {
    guard
      let handle = CurlHandle(
        url: account.server.url, protocols: "imap,imaps", caFile: account.caFile, follower: self)
    else { throw .passing("\(host): libcurl cannot be prepared") }
    let level =
      switch account.tls {
      case .required: CURLUSESSL_ALL
      case .none: CURLUSESSL_NONE
      }
    handle.set(CURLOPT_USE_SSL, to: Int(level.rawValue))
    handle.set(CURLOPT_USERNAME, to: account.user)
    handle.set(CURLOPT_PASSWORD, to: account.password.exposed)
    handle.set(CURLOPT_CONNECT_ONLY, to: 1)
    self.handle = handle
    let now = Uptime.reading()
    let code = handle.perform(within: .milliseconds(deadline.milliseconds(since: now)))
    guard code == CURLE_OK else { throw fault(code, handle) }
    lastSign = Uptime.reading()
  }

  private func fault(_ code: CURLcode, _ handle: CurlHandle) -> MailboxFault {
    if code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_OPERATION_TIMEDOUT {
      return .passing("\(host): \(closing.hasBegun ? "the mailbox closes" : "no answer in time")")
    }
    let words = Evidence.line(handle.explanation(of: code), hiding: account.user)
    if code == CURLE_USE_SSL_FAILED {
      return .misconfigured(
        "\(host) offers no STARTTLS, and encryption is required (\(words)); use imaps://, or `tls: none` if the network is trusted"
      )
    }
    if code == CURLE_LOGIN_DENIED {
      return .misconfigured(
        "\(host) refused the user or the password (\(words)); check `user` and `password`")
    }
    switch CurlTrouble(code) {
    case .certificate, .certificateFile, .configuration:
      return .misconfigured(CurlTrouble.words(for: code, host: host, words))
    case .passing: return .passing("\(host): \(words)")
    }
  }
}

// MARK: - What libcurl does

extension IMAPConnection: CurlFollower {
  func fill(_: UnsafeMutableRawBufferPointer) -> Int { 0 }

  func received(_: String) -> Bool {
    lastSign = Uptime.reading()
    return true
  }

  func sent(_: String) {}

  var isOverdue: Bool {
    let now = Uptime.reading()
    return closing.hasBegun || now > deadline || now > lastSign.advanced(by: account.silence)
  }
}
