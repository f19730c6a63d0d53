/// Where channels share access tokens, so that all lanes and processes use the same one.
package protocol TokenLedger: Sendable {
  /// The token of an account; nil where none is kept.
  func token(of account: String) async throws -> AccessToken?

  /// Keeps a token in place of the account's former one.
  func keep(_ token: AccessToken, of account: String) async throws
}

/// A token that a provider gave out for a while.
package struct AccessToken: Hashable, Sendable {
  package let secret: Secret
  package let until: Instant

  package init(_ secret: Secret, until: Instant) {
    self.secret = secret
    self.until = until
  }
}

/// The roles of the ledger that channels use.
package typealias ChannelLedger = InboxLedger & TaskLedger & TokenLedger
