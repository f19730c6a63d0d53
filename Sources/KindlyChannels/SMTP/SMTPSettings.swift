package import KindlyConfig
package import KindlyCore
package import KindlyTransport

/// The settings of a channel of type `smtp`: a mail server and how to talk to it.
package struct SMTPSettings: ChannelType {
  package static let word = "smtp"

  package let server: SMTPServer
  package let tls: SMTPAccount.TLS
  package let from: Mailbox
  package let replyTo: Mailbox?
  /// The mailbox that bounces come back to; each mail's id is put behind its local part (VERP). Nil means the sender.
  package let bounces: EmailAddress?
  package let user: String?
  package let password: SecretReference?
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  package let connections: Int
  package let messagesPerConnection: Int

  /// Enough for a few hundred mails a second with a near server, and few enough for any.
  private static let standardConnections = 8
  /// Postfix and Exchange end a connection after a hundred or more.
  private static let standardMessagesPerConnection = 100

  package init?(_ fields: inout Fields) {
    let server: SMTPServer? = fields.mailServer(
      "`smtp://relay.example.com:587`", expected: "smtp:// or smtps://")
    let from = fields.requiredMailbox("from")
    replyTo = fields.mailbox("reply to")
    bounces = fields.mailbox("bounces")?.address
    user = fields.text("user")?.string
    password = fields.secret("password")
    tls = fields.isPlain(server) ? .none : .required
    caFile = fields.value("ca file", "an absolute path", Notation.absolutePath)
    connections =
      fields.number("connections", in: 1...SMTPAccount.mostConnections)
      ?? SMTPSettings.standardConnections
    messagesPerConnection =
      fields.number("messages per connection", in: 1...10_000)
      ?? SMTPSettings.standardMessagesPerConnection
    if fields.lacks("user") != fields.lacks("password") {
      fields.missing(
        fields.lacks("user") ? "user" : "password", "user and password belong together")
    }
    guard let server, let from else { return nil }
    self.server = server
    self.from = from
    if password != nil, tls == .none { fields.warnOfPlainPassword(to: server) }
  }
}

extension SMTPSettings {
  package var traits: ChannelTraits { SMTPChannel.traits }
  package var sender: Mailbox? { from }
  package var secrets: [SecretReference] { [password].compactMap(\.self) }
  package var standardConcurrency: Int { connections }
  package var mostConcurrency: Int { connections }

  package func faults() -> [String] {
    guard let caFile, let fault = FileAccess().fault(reading: caFile) else { return [] }
    return ["expected `ca file` to be a readable file, got \(caFile), which \(fault)"]
  }

  package func channel(in surroundings: ChannelSurroundings) throws -> any Channel {
    var login: SMTPAccount.Login?
    if let user, let password {
      login = SMTPAccount.Login(user: user, password: try surroundings.reveal(password))
    }
    return SMTPChannel(
      name: surroundings.name,
      account: SMTPAccount(
        server: server, login: login, tls: tls, caFile: caFile, connections: connections,
        messagesPerConnection: messagesPerConnection),
      sender: MailSender(from: from, replyTo: replyTo, zone: surroundings.zone), bounces: bounces)
  }
}
