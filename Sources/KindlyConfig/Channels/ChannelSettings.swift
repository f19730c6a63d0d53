package import KindlyCore

/// A configured channel: its type with the settings of that type, and the settings common to all types.
package struct ChannelSettings: Sendable {
  package let name: String
  package let type: any ChannelType
  /// How many hand-overs run at once.
  package let concurrency: Int
  package let rate: Rate?
  /// What it says about quiet hours; where it says nothing, the configuration's hold.
  package let quietHours: HoursSetting?
  /// What it says about send hours.
  package let sendHours: HoursSetting?
  package let place: Place

  package init(
    name: String, type: any ChannelType, concurrency: Int, rate: Rate? = nil,
    quietHours: HoursSetting? = nil, sendHours: HoursSetting? = nil, place: Place = .unknown
  ) {
    self.name = name
    self.type = type
    self.concurrency = concurrency
    self.rate = rate
    self.quietHours = quietHours
    self.sendHours = sendHours
    self.place = place
  }

  /// The word of its type.
  package var typeWord: String { Swift.type(of: type).word }

  /// Which of the customer's addresses it needs.
  package var address: AddressKind { type.traits.address }

  /// A server sees each as a connection; more than these, and most servers refuse.
  package static let concurrencies = 1...256

  /// RFC 5321 4.5.3.2.6 asks for up to 10 minutes for the reply to the final dot; the rest is for what comes before it.
  package static let standardDeadline = Duration.minutes(12)
}

extension ChannelType {
  /// The settings without their type, so that those of any two channels can be compared.
  fileprivate var asHashable: AnyHashable { AnyHashable(self) }
}

extension ChannelSettings: Hashable {
  package static func == (left: ChannelSettings, right: ChannelSettings) -> Bool {
    left.values == right.values
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(values) }

  private var values: [AnyHashable] {
    [ExactText(name), type.asHashable, concurrency, rate, quietHours, sendHours, place]
  }
}
