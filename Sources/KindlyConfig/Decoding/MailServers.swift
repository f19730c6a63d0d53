package import KindlyCore

extension Fields {
  /// What `tls:` may say.
  private enum Protection: String {
    case implicit, starttls, none
  }

  /// The mail server that `url:` names.
  ///
  /// - Parameters:
  ///   - example: a URL, for the error where there is none.
  ///   - expected: what a URL may begin with, for the error where it is another.
  package mutating func mailServer<Kind: MailServerKind>(
    _ example: String, expected: String
  ) -> MailServer<Kind>? {
    guard let text = requiredText("url", example) else { return nil }
    if text.string.utf8.contains(UInt8(ascii: "@")) {
      // The value is not repeated: it probably holds a password.
      text.refuse(
        "expected `url` to have no user or password in it, got an `@`; write `user:` and "
          + "`password: { credential: NAME }`")
      return nil
    }
    return text.value("\(expected) with a host and an optional port", MailServer<Kind>.init)
  }

  /// Whether `tls:` leaves the connection to a server unencrypted.
  ///
  /// Encryption is demanded unless the server is on this machine, where certificates are seldom right.
  package mutating func isPlain<Kind: MailServerKind>(_ server: MailServer<Kind>?) -> Bool {
    let text = text("tls")
    let written = text.flatMap { $0.value("implicit, starttls or none", Protection.init) }
    guard let server else { return false }
    if let written, let text, (written == .implicit) != server.isImplicitTLS {
      text.refuse(
        "expected `tls` to agree with `url` (\(MailServer<Kind>.secureScheme):// is implicit TLS, \(Kind.scheme):// is not), got `\(written.rawValue)`"
      )
    }
    return !server.isImplicitTLS && (written.map { $0 == .none } ?? server.isHere)
  }

  /// Warns of a password that leaves this machine unencrypted.
  package func warnOfPlainPassword<Kind: MailServerKind>(to server: MailServer<Kind>) {
    guard !server.isHere else { return }
    warn(
      "the password goes to \(server.host) unencrypted; write `tls: starttls` or \(MailServer<Kind>.secureScheme)://"
    )
  }
}
