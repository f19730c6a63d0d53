package import KindlyCore

/// A channel type; a value of it holds the settings of one channel.
///
/// A type is declared in a folder of its own and named in one list. Nothing else in Kindly knows which types there are.
package protocol ChannelType: Hashable, Sendable {
  /// The value of `type:` in the configuration.
  static var word: String { get }

  /// The kinds of address that it adds to `email` and `phone`; `customers:` may name a column for each.
  static var addressKinds: [AddressKind] { get }

  /// Reads the keys of the type. Returns nil if they make no channel; the errors are then in `fields`.
  init?(_ fields: inout Fields)

  var traits: ChannelTraits { get }

  /// The sender of its mail, if it has one; mail channels without a sender use that of the first channel with one.
  var sender: Mailbox? { get }

  /// Another channel that also sends its messages, to people who do not look for them here; nil for none.
  var carrier: String? { get }

  /// Every secret that the channel needs.
  var secrets: [SecretReference] { get }

  /// How many hand-overs run at once if `concurrency:` is not written.
  var standardConcurrency: Int { get }

  /// The most hand-overs that can run at once, whatever `concurrency:` says.
  var mostConcurrency: Int { get }

  /// The rate if `rate:` is not written; nil for none.
  var standardRate: Rate? { get }

  /// How long one hand-over may take.
  var deadline: Duration { get }

  /// The price of one segment of a text message; nil if none is configured, or if messages have no segments.
  var segmentPrice: Money? { get }

  /// The hours in which its marketing messages are refused; nil if they never are, or if that is not known. The country is
  /// that of phone numbers without a country code.
  func sendingHours(in country: PhoneNumber.Country?) -> SendingHours?

  /// What keeps the channel from working on this machine, one sentence each.
  func faults() -> [String]

  /// What `kindly check` finds out about the channel. It may connect to the other side, and sends nothing.
  func findings(environment: [String: String]) -> ChannelFindings

  /// What a channel would hand over for a delivery, for people, with secrets as dots; nil for a type that hands over the
  /// letter as it is.
  ///
  /// Throws where the channel would refuse the delivery.
  func preview(
    of delivery: Delivery, on channel: String
  ) throws(UnfitDelivery) -> HandOverPreview?

  /// The channel, with nothing opened yet. Throws if a secret cannot be read.
  func channel(in surroundings: ChannelSurroundings) throws -> any Channel
}

extension ChannelType {
  package static var addressKinds: [AddressKind] { [] }
  package var sender: Mailbox? { nil }
  package var carrier: String? { nil }
  package var secrets: [SecretReference] { [] }
  package var mostConcurrency: Int { ChannelSettings.concurrencies.upperBound }
  package var standardRate: Rate? { nil }
  package var deadline: Duration { ChannelSettings.standardDeadline }
  package var segmentPrice: Money? { nil }
  package func sendingHours(in _: PhoneNumber.Country?) -> SendingHours? { nil }
  package func faults() -> [String] { [] }
  package func findings(environment _: [String: String]) -> ChannelFindings {
    ChannelFindings(faults: faults())
  }
  package func preview(
    of _: Delivery, on _: String
  ) throws(UnfitDelivery) -> HandOverPreview? { nil }
}

/// What a check of a channel found, one sentence each.
package struct ChannelFindings: Hashable, Sendable {
  /// What keeps it from working.
  package let faults: [String]
  package let warnings: [String]

  package init(faults: [String], warnings: [String] = []) {
    self.faults = faults
    self.warnings = warnings
  }
}

/// What a channel would hand over, as people read it.
package struct HandOverPreview: Hashable, Sendable {
  package let lines: [String]
  /// What the channel would hand over all the same, and carriers or customers may object to.
  package let warnings: [String]
  /// How many segments the text message has; nil if that is not known, or if it is no text message.
  package let segments: Int?

  package init(_ lines: [String], warnings: [String] = [], segments: Int? = nil) {
    self.lines = lines
    self.warnings = warnings
    self.segments = segments
  }
}

/// What a channel needs besides its settings.
package struct ChannelSurroundings: Sendable {
  /// The channel's name.
  package let name: String
  /// How many hand-overs run at once.
  package let concurrency: Int
  /// The sender of its mail: its own, or the one it borrows.
  package let sender: Mailbox
  /// The company's zone, in which mail is dated.
  package let zone: Zone
  package let ledger: any ChannelLedger
  package let clock: any Timekeeper
  private let environment: [String: String]

  package init(
    name: String, concurrency: Int, sender: Mailbox, zone: Zone, ledger: any ChannelLedger,
    clock: any Timekeeper,
    environment: [String: String]
  ) {
    self.name = name
    self.concurrency = concurrency
    self.sender = sender
    self.zone = zone
    self.ledger = ledger
    self.clock = clock
    self.environment = environment
  }

  /// Reads a secret.
  package func reveal(_ secret: SecretReference) throws(SecretProblem) -> Secret {
    try secret.resolve(environment: environment)
  }
}
