/// What a running daemon says of itself.
package struct DaemonStanding: Hashable, Sendable, Codable {
  package let version: String
  /// The ledger that it writes, wherever the files on disk would have it by now.
  package let ledger: String

  package init(version: String, ledger: String) {
    self.version = version
    self.ledger = ledger
  }
}
