package import KindlyCore

/// A mailbox on a server, and how to talk to it.
package struct IMAPAccount: Hashable, Sendable {
  package let server: IMAPServer
  package let user: String
  package let password: Secret
  /// Always required where the server's URL says `imaps://`.
  package let tls: SMTPAccount.TLS
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  /// The folder that is read, such as `INBOX`.
  package let folder: String
  /// How long the server may be silent.
  package let silence: Duration

  /// Tells the mailbox from any other: its host, user and folder.
  ///
  /// How the connection is made is not part of it, because the mails stay the same.
  package var identity: ExactText {
    // The name of this one folder is the same in any case; RFC 3501, 5.1.
    let name = folder.lowercased().isExactly("inbox") ? "INBOX" : folder
    return ExactText([server.host.lowercased(), user, name].joined(separator: "\n"))
  }

  /// A server that searches a large folder may take a while.
  package static let standardSilence = Duration.minutes(2)

  package init(
    server: IMAPServer, user: String, password: Secret, tls: SMTPAccount.TLS,
    caFile: String? = nil, folder: String, silence: Duration = IMAPAccount.standardSilence
  ) {
    self.server = server
    self.user = user
    self.password = password
    self.tls = server.isImplicitTLS ? .required : tls
    self.caFile = caFile
    self.folder = folder
    self.silence = silence
  }
}
