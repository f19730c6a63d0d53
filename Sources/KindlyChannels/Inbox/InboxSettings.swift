package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `inbox`: messages stay in Kindly's own ledger, to be read with `kindly inbox`.
package struct InboxSettings: ChannelType {
  package static let word = "inbox"

  package init?(_ fields: inout Fields) {}
}

extension InboxSettings {
  package var traits: ChannelTraits { InboxPayload.traits }
  // Rows wait for the disk, not for a network.
  package var standardConcurrency: Int { 2 }

  package func channel(in surroundings: ChannelSurroundings) -> any Channel {
    InboxChannel(name: surroundings.name, ledger: surroundings.ledger, clock: surroundings.clock)
  }
}
