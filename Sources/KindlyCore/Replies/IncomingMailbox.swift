/// The mailbox that replies and bounces come to. It changes nothing there but what `mark` says.
package protocol IncomingMailbox: Sendable {
  /// Reads the mails after a position, oldest first: at most `count`, and of each its first bytes.
  ///
  /// If the server cannot hand out one of several mails, none is returned. If only that mail was asked for, the fault names it.
  ///
  /// - Parameter validity: the numbering that the position belongs to. If the folder has another one, reading begins
  ///   with its first mail.
  func look(
    after uid: UInt32, validity: UInt32?, count: Int, bytes: Int, deadline: Duration
  ) async throws(MailboxFault) -> MailboxLook

  /// Sets the flag, or moves the mails. Mails that are gone, or of another numbering, are left alone.
  func mark(
    _ uids: [UInt32], validity: UInt32, _ mark: MailMark, deadline: Duration
  ) async throws(MailboxFault)

  /// Counts the folder's mails; throws if it, or the folder that mails are moved to, cannot be used.
  func check(_ mark: MailMark?, deadline: Duration) async throws(MailboxFault) -> Int

  /// Breaks off what is in progress, and ends the connection.
  func close() async
}

/// What is done to a mail that was read.
package enum MailMark: Hashable, Sendable {
  /// A flag is set, `\Seen` or a keyword.
  case flag(String)
  /// It is moved to another folder.
  case move(String)
}

/// A mail of a mailbox, or its beginning.
package struct MailboxMail: Hashable, Sendable {
  package let uid: UInt32
  package let bytes: [UInt8]

  package init(uid: UInt32, bytes: [UInt8]) {
    self.uid = uid
    self.bytes = bytes
  }
}

/// The mails that came after a position in a folder, oldest first.
package struct MailboxLook: Hashable, Sendable {
  /// The number of the folder's numbering: when it differs, the UIDs begin anew.
  package let validity: UInt32
  package let mails: [MailboxMail]
  /// The last UID that was looked at, whether there was a mail or not.
  package let through: UInt32
  /// Whether there may be mails after `through`.
  package let hasMore: Bool

  package init(validity: UInt32, mails: [MailboxMail], through: UInt32, hasMore: Bool) {
    self.validity = validity
    self.mails = mails
    self.through = through
    self.hasMore = hasMore
  }
}

/// Why a mailbox could not be read or marked, in words for the operator and without addresses.
package enum MailboxFault: Error, Hashable, Sendable {
  /// It may work at the next attempt.
  case passing(String)
  /// Only a person can change it.
  case misconfigured(String)
  /// The folder was opened, and then the server did not hand out this one mail.
  case unreadable(uid: UInt32, validity: UInt32, String)

  package var text: String {
    switch self {
    case .passing(let text), .misconfigured(let text): text
    case .unreadable(let uid, _, let text): "the mail with UID \(uid) cannot be read: \(text)"
    }
  }
}
