/// Tracks the commands and replies on a connection, and so how far the present mail has got.
///
/// When a connection breaks, libcurl's own response code is that of an earlier command. So nothing is judged by it; the
/// commands and replies themselves are tracked here.
struct SMTPDialogue: Sendable {
  /// The command to which an answer is awaited.
  enum Stage: String, Hashable, Sendable, CaseIterable {
    case connection = "connecting"
    case hello = "EHLO"
    case startTLS = "STARTTLS"
    case login = "AUTH"
    case sender = "MAIL FROM"
    case recipient = "RCPT TO"
    case data = "DATA"
    /// The whole message is handed over, and the final dot with it.
    case end = "the final dot"
  }

  private(set) var stage = Stage.connection
  /// The last complete reply, with the command it answered; those to QUIT are left out.
  private(set) var last: (stage: Stage, reply: SMTPReply)?
  /// QUIT has been said: nothing that follows matters.
  private(set) var isQuitting = false
  /// The server has told what it can on this connection.
  private(set) var offersLogin = false
  private(set) var offersUTF8 = false
  private(set) var isSecured: Bool

  private var needsUTF8 = false
  /// The server has answered the EHLO that counts; a connection that is used again says none.
  private var knowsFeatures = false
  private let needsLogin: Bool
  private let upgrades: Bool
  private var lines: [String] = []

  /// Longer replies are cut. RFC 5321 has none of more than a few lines, but a server could send lines forever.
  private static let mostLines = 64

  /// - Parameters:
  ///   - needsLogin: mail may only go after a login.
  ///   - upgrades: STARTTLS is demanded before anything else.
  ///   - isSecured: the connection is encrypted from its first byte.
  init(needsLogin: Bool, upgrades: Bool, isSecured: Bool) {
    self.needsLogin = needsLogin
    self.upgrades = upgrades
    self.isSecured = isSecured
  }

  /// Begins the next mail; on a reused connection the server's features are still known.
  ///
  /// - Parameter needsUTF8: whether the recipient's address is not ASCII (RFC 6531).
  mutating func begin(needsUTF8: Bool = false) {
    self.needsUTF8 = needsUTF8
    stage = .connection
    last = nil
    isQuitting = false
    lines = []
  }

  /// Follows a command that goes out.
  mutating func sent(_ command: String) {
    let words = command.uppercased()
    if words.hasPrefix("EHLO ") || words.hasPrefix("HELO ") {
      stage = .hello
      offersLogin = false
      offersUTF8 = false
      knowsFeatures = false
    } else if words.hasPrefix("STARTTLS") {
      stage = .startTLS
    } else if words.hasPrefix("AUTH ") {
      stage = .login
    } else if words.hasPrefix("MAIL FROM:") {
      stage = .sender
    } else if words.hasPrefix("RCPT TO:") {
      stage = .recipient
    } else if stage == .recipient && words.hasPrefix("DATA") {
      stage = .data
    } else if words.hasPrefix("QUIT") && stage != .login {
      isQuitting = true
    }
  }

  /// The message's last byte is out: what follows is the final dot.
  mutating func handedOver() {
    if stage == .data { stage = .end }
  }

  var isHandedOver: Bool { stage == .end }

  /// Follows a line that came in; true where it ends a reply.
  @discardableResult
  mutating func received(_ line: String) -> Bool {
    if isQuitting { return false }
    if lines.count < SMTPDialogue.mostLines { lines.append(line) }
    noteFeature(line)
    guard SMTPReply.code(of: line) != nil, line.utf8.dropFirst(3).first != UInt8(ascii: "-") else {
      return false
    }
    if let reply = SMTPReply(lines: lines) {
      last = (stage, reply)
      if stage == .startTLS && reply.code == 220 { isSecured = true }
      if stage == .hello && reply.code < 300 { knowsFeatures = isSecured || !upgrades }
    }
    lines = []
    return true
  }

  /// The server has said all it can, and a login is not among it: without this check libcurl would send without one.
  var lacksLogin: Bool {
    guard needsLogin, !offersLogin, let last, last.stage == .hello, last.reply.code < 300 else {
      return false
    }
    return isSecured || !upgrades
  }

  /// Whether the server has listed its features and does not accept addresses that are not ASCII.
  ///
  /// Without this check libcurl would send such a recipient as raw bytes, and nobody knows who would get the mail.
  var lacksUTF8: Bool { needsUTF8 && knowsFeatures && !offersUTF8 }

  /// The server's refusal; nil if the last answer was missing or positive.
  var refusal: (stage: Stage, reply: SMTPReply)? {
    guard let last, last.stage == stage, last.reply.code >= 400 else { return nil }
    return last
  }

  /// The server's answer to the final dot.
  var verdict: SMTPReply? {
    guard let last, last.stage == .end else { return nil }
    return last.reply
  }

  private mutating func noteFeature(_ line: String) {
    guard stage == .hello, line.hasPrefix("250") else { return }
    let feature = line.dropFirst(4).uppercased()
    // Some old servers write `AUTH=PLAIN`.
    if feature.hasPrefix("AUTH ") || feature.hasPrefix("AUTH=") { offersLogin = true }
    if feature == "SMTPUTF8" || feature.hasPrefix("SMTPUTF8 ") { offersUTF8 = true }
  }
}
