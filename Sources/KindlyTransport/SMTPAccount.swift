import Foundation
package import KindlyCore

/// A mail server and how to talk to it.
package struct SMTPAccount: Sendable {
  /// How a connection is protected.
  package enum TLS: String, Hashable, Sendable, CaseIterable {
    /// Encrypted with a certificate that is checked, or no mail at all.
    case required
    /// Encrypted where the server offers it; an attacker on the way can take the offer out.
    case opportunistic
    /// In the clear, even where the server offers more.
    case none
  }

  package struct Login: Sendable {
    package let user: String
    package let password: Secret

    package init(user: String, password: Secret) {
      self.user = user
      self.password = password
    }
  }

  /// `smtp://host:port` (STARTTLS) or `smtps://host:port` (TLS from the first byte).
  package let url: String
  package let host: String
  package let login: Login?
  package let tls: TLS
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  package let connections: Int
  package let messagesPerConnection: Int
  /// How long the server may be silent before the end of the message has been handed over.
  package let silence: Duration
  /// Whether the connection is encrypted from its first byte.
  let isImplicitTLS: Bool

  /// Each connection has a thread, and few relays allow one client more.
  package static let mostConnections = 64
  /// RFC 5321, 4.5.3.2: five minutes for each command.
  package static let standardSilence = Duration.minutes(5)
  /// RFC 5321, 4.5.3.2.6: the reply to the final dot may take ten minutes; a send's deadline should be longer.
  package static let finalDotPatience = Duration.minutes(10)

  /// An account, or which of its settings cannot work.
  ///
  /// Without `tls`, encryption is required, except towards this machine itself.
  package init(
    url: String, login: Login? = nil, tls: TLS? = nil, caFile: String? = nil, connections: Int = 4,
    messagesPerConnection: Int = 100, silence: Duration = SMTPAccount.standardSilence
  ) throws(UnfitSettings) {
    let server = try SMTPAccount.server(of: url)
    let tls = tls ?? (server.isLoopback && !server.isImplicitTLS ? .none : .required)
    if server.isImplicitTLS && tls != .required {
      throw UnfitSettings(
        "tls",
        "expected `tls` to be required with smtps://, got \(tls.rawValue); use smtp:// for less")
    }
    if login != nil && tls == .opportunistic {
      throw UnfitSettings(
        "tls",
        "expected `tls` to be required where there is a password, got opportunistic, which would"
          + " send it unencrypted if someone removed the server's offer of encryption")
    }
    guard (1...SMTPAccount.mostConnections).contains(connections) else {
      throw UnfitSettings(
        "connections",
        "expected `connections` to be 1 to \(SMTPAccount.mostConnections), got \(connections)")
    }
    guard messagesPerConnection >= 1 else {
      throw UnfitSettings(
        "messages per connection",
        "expected `messages per connection` to be at least 1, got \(messagesPerConnection)")
    }
    self.url = url
    self.host = server.name
    self.login = login
    self.tls = tls
    self.caFile = caFile
    self.connections = connections
    self.messagesPerConnection = messagesPerConnection
    self.silence = silence
    self.isImplicitTLS = server.isImplicitTLS
  }

  private struct Server {
    let name: String
    let isImplicitTLS: Bool
    var isLoopback: Bool {
      name == "localhost" || name == "::1" || name == "[::1]" || name.hasPrefix("127.")
    }
  }

  private static func server(of url: String) throws(UnfitSettings) -> Server {
    // The url itself stays out of the message: a password may have been put into it.
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      let host = parts.host, !host.isEmpty, scheme == "smtp" || scheme == "smtps"
    else {
      throw UnfitSettings(
        "url", "expected `url` to be smtp://host:port or smtps://host:port, got something else")
    }
    if parts.user != nil || parts.password != nil {
      throw UnfitSettings(
        "url",
        "expected `url` to be without a user and password; give them as `user` and `password`"
      )
    }
    return Server(name: host.lowercased(), isImplicitTLS: scheme == "smtps")
  }
}

/// One mail for one recipient, with its envelope.
package struct SMTPMail: Hashable, Sendable {
  /// The bare address that bounces go to.
  package let sender: String
  package let recipient: String
  /// The message, with CRLF at the end of every line; dot-stuffing is libcurl's.
  package let bytes: [UInt8]

  package init(sender: String, recipient: String, bytes: [UInt8]) {
    self.sender = sender
    self.recipient = recipient
    self.bytes = bytes
  }
}
