package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `task`: work for colleagues, kept in Kindly's own ledger.
package struct TaskSettings: ChannelType {
  package static let word = "task"

  /// How long a colleague has for a task.
  let time: Period
  /// The channel that also sends the card to colleagues who have no shell; nil for none.
  package let carrier: String?

  private static let standardTime = Period(1, .day)

  package init?(_ fields: inout Fields) {
    time =
      fields.value("within", "a time such as `4 hours` or `2 days`") { text in
        // Losing the reason is right: the error says what a time looks like.
        try? Period.parse(text)
      } ?? TaskSettings.standardTime
    carrier = fields.text("via")?.string
  }
}

extension TaskSettings {
  package var traits: ChannelTraits { TaskPayload.traits }
  // Rows wait for the disk, not for a network.
  package var standardConcurrency: Int { 2 }

  package func channel(in surroundings: ChannelSurroundings) -> any Channel {
    TaskChannel(
      name: surroundings.name, time: time, zone: surroundings.zone, ledger: surroundings.ledger,
      clock: surroundings.clock)
  }
}
