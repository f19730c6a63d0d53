package import KindlyCore

/// What a running daemon says of itself.
package struct DaemonStanding: Hashable, Sendable, Codable {
  package let version: String
  /// The ledger that it writes, wherever the files on disk would have it by now.
  package let ledger: String
  /// The channels that are down, by name.
  package let channelsDown: [ChannelDown]

  package init(version: String, ledger: String, channelsDown: [ChannelDown]) {
    self.version = version
    self.ledger = ledger
    self.channelsDown = channelsDown
  }
}

/// A channel that failed as a whole and has sent nothing since.
package struct ChannelDown: Hashable, Sendable, Codable {
  package let channel: String
  package let since: Instant
  /// When it is tried again.
  package let until: Instant
  /// The other side's words, masked.
  package let because: String

  package init(channel: String, since: Instant, until: Instant, because: String) {
    self.channel = channel
    self.since = since
    self.until = until
    self.because = because
  }
}
