/// What the return of a message says about its address.
package enum BounceKind: Int, Hashable, Sendable, CaseIterable {
  /// The address does not exist: nothing should be sent to it again.
  case hard = 1
  /// The address may work again: a full mailbox, or a failure without a clear cause.
  case soft = 2
  /// The message was refused for what it is or where it comes from, which says nothing about the address.
  case refused = 3
  /// The message is on its way still.
  case delayed = 4

  package var word: String {
    switch self {
    case .hard: "hard"
    case .soft: "soft"
    case .refused: "refused"
    case .delayed: "delayed"
    }
  }
}

/// A message that came back.
package struct Bounce: Hashable, Sendable {
  package let kind: BounceKind
  /// RFC 3463's code, `5.1.1`, if the report has one.
  package let status: String?
  /// The other side's words on one bounded line; they may repeat the address.
  package let text: String
  /// The addresses that the report names; nobody has checked them.
  package let recipients: [String]

  package init(kind: BounceKind, status: String?, text: String, recipients: [String]) {
    self.kind = kind
    self.status = status
    self.text = text
    self.recipients = recipients
  }
}
