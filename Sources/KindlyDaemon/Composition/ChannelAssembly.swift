import KindlyChannels
import KindlyConfig
import KindlyCore

/// Makes a channel of its settings, bent to the delivery mode: as configured, to one address, or into a maildir.
struct ChannelAssembly {
  let configuration: Configuration
  let paths: StatePaths
  let ledger: any ChannelLedger
  let clock: any Timekeeper
  let environment: [String: String]
  let replacements: [ExactText: any Channel]

  func outlet(_ settings: ChannelSettings) throws -> Outlet {
    Outlet(
      channel: try replacements[settings.name] ?? bent(settings),
      concurrency: settings.concurrency,
      interval: configuration.delivery == .rehearsal ? nil : settings.rate?.interval,
      hours: configuration.hours(of: settings), deadline: settings.type.deadline)
  }

  private func bent(_ settings: ChannelSettings) throws -> any Channel {
    let surroundings = surroundings(of: settings)
    // Made in a rehearsal too, so that a secret that cannot be read is found before customers wait for it.
    let channel = try settings.type.channel(in: surroundings)
    switch configuration.delivery {
    case .live: return channel
    case .redirect(let address) where settings.address == .email:
      return RedirectingChannel(wrapping: channel, to: address)
    case .redirect, .rehearsal:
      return RehearsalChannel(
        name: settings.name, traits: channel.traits, path: paths.rehearsalMail,
        sender: surroundings.sender, zone: surroundings.zone)
    }
  }

  private func surroundings(of settings: ChannelSettings) -> ChannelSurroundings {
    ChannelSurroundings(
      name: settings.name, concurrency: settings.concurrency, sender: sender(of: settings),
      zone: configuration.timezone,
      ledger: ledger, clock: clock, environment: environment)
  }

  /// The sender of a channel's mail: its own, that of the first channel with one, or this machine's.
  private func sender(of settings: ChannelSettings) -> Mailbox {
    ([settings] + configuration.channels).compactMap(\.type.sender).first
      ?? Mailbox(name: "Kindly", address: .thisMachine)
  }
}
