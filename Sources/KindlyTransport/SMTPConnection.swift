import CCurl
import Glibc
import KindlyCore

/// One connection to the mail server, opened when needed and reused; it is used by one thread only.
///
/// It is an easy handle with a connection cache of one. TLS is configured before the first transfer and never changed,
/// because libcurl would reuse a plaintext connection for a handle that demands TLS (CVE-2026-4873). libcurl waits for
/// the reply to the final dot inside `smtp_done`, which blocks everything on the same multi handle. So each connection
/// has its own thread and handle, and no multi handle is shared.
final class SMTPConnection {
  private let account: SMTPAccount
  private let closing: Closing
  private var handle: UnsafeMutableRawPointer?
  private var dialogue: SMTPDialogue
  private var mail: SMTPMail?
  private var offset = 0
  /// How many mails the open connection has carried.
  private var carried = 0
  private var deadline = Uptime(nanoseconds: 0)
  private var lastSign = Uptime(nanoseconds: 0)
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// A name that resolves and answers does so well within this; RFC 5321 names no bound for it.
  private static let connectPatience = Duration.seconds(60)
  /// How long a server may take to answer QUIT, which nobody waits for.
  private static let quitPatience = Duration.seconds(5)
  /// Servers end idle connections after five minutes, strained ones earlier; an older one is not used again.
  private static let longestIdleSeconds = 60

  init(account: SMTPAccount, closing: Closing = Closing()) {
    self.account = account
    self.closing = closing
    dialogue = SMTPConnection.dialogue(for: account)
  }

  deinit {
    end()
    words.deallocate()
  }

  /// Hands one mail over and returns before the deadline, give or take the second in which libcurl looks at clocks.
  func deliver(_ mail: SMTPMail, by deadline: Uptime) -> Outcome {
    let first = transfer(mail, by: deadline)
    // A server may close an idle connection at any time; that says nothing about this mail, and none of it was sent.
    guard first.wasReused, first.ending.isLostConnection else { return first.ending.outcome }
    discard()
    return transfer(mail, by: deadline).ending.outcome
  }

  /// Ends the connection politely, without waiting for the server's goodbye.
  func end() {
    close(waiting: SHUT_RD)
  }

  /// Drops the connection as it is: after a broken dialogue the next reply could belong to this mail.
  private func discard() {
    close(waiting: SHUT_RDWR)
  }

  private func close(waiting direction: Int) {
    guard let handle else { return }
    var socket = curl_socket_t(-1)
    // libcurl says QUIT on closing and waits two minutes for the answer; a half-closed socket ends that wait.
    if kindly_curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 {
      shutdown(socket, Int32(direction))
    }
    curl_easy_cleanup(handle)
    self.handle = nil
    carried = 0
    dialogue = SMTPConnection.dialogue(for: account)
  }

  private static func dialogue(for account: SMTPAccount) -> SMTPDialogue {
    SMTPDialogue(
      needsLogin: account.login != nil,
      upgrades: account.tls == .required && !account.server.isImplicitTLS,
      isSecured: account.server.isImplicitTLS)
  }
}

// MARK: - One transfer

extension SMTPConnection {
  private func transfer(
    _ mail: SMTPMail, by deadline: Uptime
  ) -> (ending: SMTPEnding, wasReused: Bool) {
    let now = Uptime.reading()
    self.mail = mail
    self.deadline = deadline
    offset = 0
    lastSign = now
    dialogue.begin(needsUTF8: !mail.recipient.utf8.allSatisfy { $0 < 0x80 })
    words.pointee = 0
    guard let handle = self.handle ?? open() else {
      return (ending(CURLE_FAILED_INIT, of: mail), wasReused: false)
    }
    // A reused connection sends no EHLO, so the server's answer to the first one still applies.
    if dialogue.lacksUTF8 { return (ending(CURLE_OK, of: mail), wasReused: false) }
    let code = perform(mail, on: handle, milliseconds: max(1, deadline.milliseconds(since: now)))
    let ending = ending(code, of: mail)
    self.mail = nil
    let wasReused = countMail(on: handle)
    if !isInStep(after: code) { discard() }
    return (ending, wasReused)
  }

  private func ending(_ code: CURLcode, of mail: SMTPMail) -> SMTPEnding {
    SMTPEnding(
      code: code, words: explanation(of: code), dialogue: dialogue, host: account.server.host,
      recipient: mail.recipient,
      isWithdrawn: code == CURLE_ABORTED_BY_CALLBACK && closing.hasBegun)
  }

  private func perform(
    _ mail: SMTPMail, on handle: UnsafeMutableRawPointer, milliseconds: Int
  ) -> CURLcode {
    let recipients = curl_slist_append(nil, mail.recipient)
    defer {
      kindly_curl_set_list(handle, CURLOPT_MAIL_RCPT, nil)
      curl_slist_free_all(recipients)
    }
    kindly_curl_set_text(handle, CURLOPT_MAIL_FROM, mail.sender)
    kindly_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
    kindly_curl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds)
    let isLast = carried + 1 >= account.messagesPerConnection
    kindly_curl_set_long(handle, CURLOPT_FORBID_REUSE, isLast ? 1 : 0)
    return curl_easy_perform(handle)
  }

  /// Whether client and server agree that the next command begins a new mail.
  private func isInStep(after code: CURLcode) -> Bool {
    if code == CURLE_OK { return true }
    // A refused recipient ends in QUIT, a refused final dot leaves the connection ready; anything else is a mess.
    return dialogue.verdict != nil && code == CURLE_WEIRD_SERVER_REPLY
  }

  /// Counts the mail, and says whether an older connection carried it.
  private func countMail(on handle: UnsafeMutableRawPointer) -> Bool {
    var opened = 0
    kindly_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &opened)
    carried = opened > 0 ? 1 : carried + 1
    return opened == 0
  }

  private func explanation(of code: CURLcode) -> String {
    if code == CURLE_OK { return "no error" }
    if code == CURLE_ABORTED_BY_CALLBACK {
      return closing.hasBegun ? "the channel closes" : "no sign of life for too long"
    }
    let detail = String(cString: words)
    return Evidence.line(
      detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail,
      hiding: mail?.recipient ?? "")
  }

  fileprivate func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let mail else { return 0 }
    let count = min(buffer.count, mail.bytes.count - offset)
    // libcurl asks for more only after the server has accepted the previous part.
    lastSign = Uptime.reading()
    guard count > 0 else {
      // libcurl asks once more only when all it had is in the socket; it sends the final dot next.
      dialogue.handedOver()
      return 0
    }
    mail.bytes.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
    }
    offset += count
    return count
  }

  fileprivate func sent(_ command: String) {
    lastSign = Uptime.reading()
    dialogue.sent(command)
  }

  /// Follows a line from the server, and says whether to go on.
  fileprivate func received(_ line: String) -> Bool {
    // Only a whole reply is a sign of life: lines that dribble in could go on for ever.
    if dialogue.received(line) { lastSign = Uptime.reading() }
    return !dialogue.lacksLogin && !dialogue.lacksUTF8
  }

  /// Whether to give up. Checked at least once a second, even where libcurl itself would wait forever.
  fileprivate var isOverdue: Bool {
    let now = Uptime.reading()
    if now > deadline || closing.isOver(at: now) { return true }
    if closing.hasBegun && !dialogue.isHandedOver { return true }
    if dialogue.isQuitting { return now > lastSign.advanced(by: SMTPConnection.quitPatience) }
    return !dialogue.isHandedOver && now > lastSign.advanced(by: account.silence)
  }
}

// MARK: - Setting up

extension SMTPConnection {
  /// A new handle, or nil where there is no memory or libcurl cannot be prepared.
  private func open() -> UnsafeMutableRawPointer? {
    guard CurlLibrary.ready, let handle = curl_easy_init() else { return nil }
    self.handle = handle
    setServer(of: handle)
    setProtection(of: handle)
    setCallbacks(of: handle)
    return handle
  }

  private func setServer(of handle: UnsafeMutableRawPointer) {
    kindly_curl_set_text(handle, CURLOPT_URL, account.server.url)
    kindly_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // A proxy from the environment would be a surprise; mail goes where the configuration says.
    kindly_curl_set_text(handle, CURLOPT_PROXY, "")
    kindly_curl_set_long(handle, CURLOPT_UPLOAD, 1)
    kindly_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    kindly_curl_set_long(handle, CURLOPT_MAXCONNECTS, 1)
    kindly_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
    kindly_curl_set_long(handle, CURLOPT_MAXAGE_CONN, SMTPConnection.longestIdleSeconds)
    kindly_curl_set_long(
      handle, CURLOPT_CONNECTTIMEOUT_MS, Int(SMTPConnection.connectPatience.wholeMilliseconds))
    // libcurl's own bound of two minutes for each reply would cut the wait for the final dot short. The deadline of
    // the mail and the account's `silence` are the bounds; this one only has to be longer than both.
    kindly_curl_set_long(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 3600)
    if let login = account.login {
      kindly_curl_set_text(handle, CURLOPT_USERNAME, login.user)
      kindly_curl_set_text(handle, CURLOPT_PASSWORD, login.password.exposed)
    }
  }

  private func setProtection(of handle: UnsafeMutableRawPointer) {
    let level =
      switch account.tls {
      case .required: CURLUSESSL_ALL
      case .none: CURLUSESSL_NONE
      }
    kindly_curl_set_long(handle, CURLOPT_USE_SSL, Int(level.rawValue))
    kindly_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    kindly_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
    kindly_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
    if let caFile = account.caFile { kindly_curl_set_text(handle, CURLOPT_CAINFO, caFile) }
  }

  private func setCallbacks(of handle: UnsafeMutableRawPointer) {
    // Unretained is right: the handle is closed in `deinit`, and libcurl calls back only within `perform`.
    let me = Unmanaged.passUnretained(self).toOpaque()
    kindly_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words)
    kindly_curl_set_read(handle) { buffer, size, count, me in
      guard let buffer, let me else { return 0 }
      return SMTPConnection.at(me).fill(
        UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }
    kindly_curl_set_pointer(handle, CURLOPT_READDATA, me)
    kindly_curl_set_header(handle) { line, size, count, me in
      guard let line, let me else { return 0 }
      let text = SMTPConnection.text(line, count: size * count)
      // Any other number than the one given ends the transfer.
      return SMTPConnection.at(me).received(text) ? size * count : 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_HEADERDATA, me)
    kindly_curl_set_progress(handle) { me, _, _, _, _ in
      guard let me else { return 0 }
      return SMTPConnection.at(me).isOverdue ? 1 : 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_XFERINFODATA, me)
    kindly_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
    // Only this callback sees the commands that go out; nothing of it is ever printed.
    kindly_curl_set_debug(handle) { _, kind, text, count, me in
      guard kind == CURLINFO_HEADER_OUT, let text, let me else { return 0 }
      SMTPConnection.at(me).sent(SMTPConnection.text(text, count: count))
      return 0
    }
    kindly_curl_set_pointer(handle, CURLOPT_DEBUGDATA, me)
    kindly_curl_set_long(handle, CURLOPT_VERBOSE, 1)
  }

  private static func at(_ pointer: UnsafeMutableRawPointer) -> SMTPConnection {
    Unmanaged.fromOpaque(pointer).takeUnretainedValue()
  }

  private static func text(_ start: UnsafeMutablePointer<CChar>, count: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    return String(decoding: bytes, as: UTF8.self).trimmed
  }
}
