import CCurl
import Glibc
import KindlyCore

/// One connection to the mail server, opened when needed and reused; it is used by one thread only.
///
/// libcurl waits for the reply to the final dot inside `smtp_done`, which blocks everything on the same multi handle. So
/// each connection has its own thread and handle, and no multi handle is shared.
final class SMTPConnection: TransferConnection {
  private let account: SMTPAccount
  private let closing: Closing
  private var handle: CurlHandle?
  private var dialogue: SMTPDialogue
  private var mail: SMTPMail?
  private var offset = 0
  /// How many mails the open connection has carried.
  private var carried = 0
  private var deadline = Uptime(nanoseconds: 0)
  private var lastSign = Uptime(nanoseconds: 0)

  /// How long a server may take to answer QUIT, which nobody waits for.
  private static let quitPatience = Duration.seconds(5)

  init(account: SMTPAccount, closing: Closing = Closing()) {
    self.account = account
    self.closing = closing
    dialogue = SMTPConnection.dialogue(for: account)
  }

  deinit { end() }

  /// Hands one mail over and returns before the deadline, give or take the second in which libcurl looks at clocks.
  func carryOut(_ mail: SMTPMail, by deadline: Uptime) -> Outcome {
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
    // libcurl says QUIT on closing and waits two minutes for the answer; a half-closed socket ends that wait.
    handle?.close(ending: direction)
    handle = nil
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
    guard let handle = self.handle ?? open() else {
      return (ending(CURLE_FAILED_INIT, of: mail), wasReused: false)
    }
    // A reused connection sends no EHLO, so the server's answer to the first one still applies.
    if dialogue.lacksUTF8 { return (ending(CURLE_OK, of: mail), wasReused: false) }
    let code = perform(mail, on: handle, within: .milliseconds(deadline.milliseconds(since: now)))
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
    _ mail: SMTPMail, on handle: CurlHandle, within limit: Duration
  ) -> CURLcode {
    handle.set(CURLOPT_MAIL_FROM, to: mail.sender)
    let isLast = carried + 1 >= account.messagesPerConnection
    handle.set(CURLOPT_FORBID_REUSE, to: isLast ? 1 : 0)
    return handle.perform(CURLOPT_MAIL_RCPT, [mail.recipient], within: limit)
  }

  /// Whether client and server agree that the next command begins a new mail.
  private func isInStep(after code: CURLcode) -> Bool {
    if code == CURLE_OK { return true }
    // A refused recipient ends in QUIT, a refused final dot leaves the connection ready; anything else is a mess.
    return dialogue.verdict != nil && code == CURLE_WEIRD_SERVER_REPLY
  }

  /// Counts the mail, and says whether an older connection carried it.
  private func countMail(on handle: CurlHandle) -> Bool {
    let opened = handle.openedConnections
    carried = opened > 0 ? 1 : carried + 1
    return opened == 0
  }

  private func explanation(of code: CURLcode) -> String {
    if code == CURLE_OK { return "no error" }
    if code == CURLE_ABORTED_BY_CALLBACK {
      return closing.hasBegun ? "the channel closes" : "no sign of life for too long"
    }
    let detail = handle?.explanation(of: code) ?? String(cString: curl_easy_strerror(code))
    return Evidence.line(detail, hiding: mail?.recipient ?? "")
  }
}

// MARK: - What libcurl does

extension SMTPConnection: CurlFollower {
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
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

  func sent(_ command: String) {
    lastSign = Uptime.reading()
    dialogue.sent(command)
  }

  func received(_ line: String) -> Bool {
    // Only a whole reply is a sign of life: lines that dribble in could go on for ever.
    if dialogue.received(line) { lastSign = Uptime.reading() }
    return !dialogue.lacksLogin && !dialogue.lacksUTF8
  }

  var isOverdue: Bool {
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
  private func open() -> CurlHandle? {
    handle = CurlHandle(
      url: account.server.url, protocols: "smtp,smtps", caFile: account.caFile, follower: self)
    guard let handle else { return nil }
    let level =
      switch account.tls {
      case .required: CURLUSESSL_ALL
      case .none: CURLUSESSL_NONE
      }
    handle.set(CURLOPT_USE_SSL, to: Int(level.rawValue))
    handle.set(CURLOPT_UPLOAD, to: 1)
    if let login = account.login {
      handle.set(CURLOPT_USERNAME, to: login.user)
      handle.set(CURLOPT_PASSWORD, to: login.password.exposed)
    }
    return handle
  }
}
