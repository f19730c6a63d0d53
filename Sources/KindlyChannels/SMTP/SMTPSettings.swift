package import KindlyCore
package import KindlyTransport

/// How a channel of type `smtp` is configured.
package struct SMTPSettings: Sendable {
  package let account: SMTPAccount
  package let sender: MailSender
  /// The mailbox that bounces come back to; each mail's id is put behind its local part (VERP).
  package let bounces: EmailAddress?

  /// The settings as they stand in the configuration, or the first of them that cannot work.
  ///
  /// - Parameters:
  ///   - url: `smtp://host:port` or `smtps://host:port`.
  ///   - from: `Example <care@example.com>` or a bare address.
  ///   - tls: required unless the server is this machine.
  ///   - caFile: a PEM file of the certificates to trust instead of the system's.
  ///   - bounces: `bounces@example.com` makes `bounces+ID@example.com` the envelope's sender.
  package init(
    url: String, from: String, replyTo: String? = nil, user: String? = nil,
    password: Secret? = nil, tls: SMTPAccount.TLS? = nil, caFile: String? = nil,
    connections: Int = 4, messagesPerConnection: Int = 100, bounces: String? = nil,
    zone: Zone = .utc, silence: Duration = SMTPAccount.standardSilence
  ) throws(UnfitSettings) {
    account = try SMTPAccount(
      url: url, login: SMTPSettings.login(user: user, password: password), tls: tls,
      caFile: caFile, connections: connections, messagesPerConnection: messagesPerConnection,
      silence: silence)
    var reply: Mailbox?
    if let replyTo { reply = try Mailbox(replyTo, key: "reply to") }
    sender = MailSender(from: try Mailbox(from, key: "from"), replyTo: reply, zone: zone)
    self.bounces = try bounces.map { text throws(UnfitSettings) in
      try Mailbox(text, key: "bounces").address
    }
  }

  /// The envelope's sender for one mail.
  package func envelopeSender(for publicID: String) -> String {
    guard let bounces else { return sender.from.address.description }
    return "\(bounces.local)+\(publicID)@\(bounces.domain)"
  }

  private static func login(
    user: String?, password: Secret?
  ) throws(UnfitSettings) -> SMTPAccount.Login? {
    switch (user, password) {
    case (nil, nil): return nil
    case (let user?, let password?): return SMTPAccount.Login(user: user, password: password)
    case (nil, _?):
      throw UnfitSettings("user", "expected `user` beside `password`, got none")
    case (_?, nil):
      throw UnfitSettings("password", "expected `password` beside `user`, got none")
    }
  }
}
