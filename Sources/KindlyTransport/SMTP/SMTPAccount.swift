package import KindlyCore

/// A mail server and how to talk to it.
package struct SMTPAccount: Sendable {
  /// How a connection that is not encrypted from its first byte is protected.
  package enum TLS: Hashable, Sendable {
    /// STARTTLS with a certificate that is checked, or no mail at all.
    case required
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

  package let server: SMTPServer
  package let login: Login?
  /// Always required where the server's URL says `smtps://`.
  package let tls: TLS
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  /// 1 to `mostConnections`.
  package let connections: Int
  /// One or more.
  package let messagesPerConnection: Int
  /// How long the server may be silent before the end of the message has been handed over.
  package let silence: Duration

  /// Each connection has a thread, and few relays allow one client more.
  package static let mostConnections = 64
  /// RFC 5321, 4.5.3.2: five minutes for each command.
  package static let standardSilence = Duration.minutes(5)
  /// RFC 5321, 4.5.3.2.6: the reply to the final dot may take ten minutes; a send's deadline should be longer.
  package static let finalDotPatience = Duration.minutes(10)

  package init(
    server: SMTPServer, login: Login? = nil, tls: TLS, caFile: String? = nil, connections: Int,
    messagesPerConnection: Int, silence: Duration = SMTPAccount.standardSilence
  ) {
    self.server = server
    self.login = login
    self.tls = server.isImplicitTLS ? .required : tls
    self.caFile = caFile
    self.connections = connections
    self.messagesPerConnection = messagesPerConnection
    self.silence = silence
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
