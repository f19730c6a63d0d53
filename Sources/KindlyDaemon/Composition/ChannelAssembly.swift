import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyTransport

/// Makes a channel of its settings, bent to the delivery mode: as configured, to one address, or into a maildir.
struct ChannelAssembly {
  let configuration: Configuration
  let paths: StatePaths
  let inbox: any InboxLedger
  let clock: any Timekeeper
  let environment: [String: String]
  let replacements: [ExactText: any Channel]

  func outlet(_ settings: ChannelSettings) throws -> Outlet {
    Outlet(
      channel: try replacements[settings.name] ?? bent(settings),
      concurrency: concurrency(settings),
      interval: configuration.delivery == .rehearsal ? nil : settings.rate?.interval,
      quietHours: quietHours(settings), deadline: deadline(settings))
  }

  private func bent(_ settings: ChannelSettings) throws -> any Channel {
    switch configuration.delivery {
    case .live: return try channel(settings)
    case .redirect(let address):
      guard settings.address == .email else { return try rehearsed(settings) }
      return RedirectingChannel(wrapping: try channel(settings), to: address)
    case .rehearsal: return try rehearsed(settings)
    }
  }

  private func rehearsed(_ settings: ChannelSettings) throws -> any Channel {
    RehearsalChannel(
      traits: try channel(settings).traits,
      maildir: MaildirChannel(
        name: settings.name,
        settings: try MaildirSettings(
          path: paths.rehearsalMail, from: sender(of: settings), zone: configuration.timezone)))
  }

  private func channel(_ settings: ChannelSettings) throws -> any Channel {
    switch settings.kind {
    case .smtp(let smtp):
      return SMTPChannel(name: settings.name, settings: try account(smtp))
    case .maildir(let path, _):
      return MaildirChannel(
        name: settings.name,
        settings: try MaildirSettings(
          path: path, from: sender(of: settings), zone: configuration.timezone))
    case .inbox:
      return InboxChannel(name: settings.name, store: InboxShelf(ledger: inbox, clock: clock))
    case .exec(let exec):
      return ExecChannel(
        name: settings.name,
        settings: try KindlyChannels.ExecSettings(
          command: exec.command, timeLimit: exec.timeout, rings: exec.rings, address: exec.address))
    }
  }

  private func account(_ smtp: KindlyConfig.SMTPSettings) throws -> KindlyChannels.SMTPSettings {
    try KindlyChannels.SMTPSettings(
      url: smtp.url, from: smtp.from.description, replyTo: smtp.replyTo?.description,
      user: smtp.user, password: try smtp.password?.resolve(environment: environment),
      tls: smtp.security == .none ? SMTPAccount.TLS.none : .required, caFile: smtp.certificates,
      connections: smtp.connections, messagesPerConnection: smtp.messagesPerConnection,
      bounces: smtp.bounces?.address, zone: configuration.timezone)
  }

  /// The sender of a channel's mail: its own, that of the first channel with one, or this machine's.
  private func sender(of settings: ChannelSettings) -> String {
    ([settings] + configuration.channels).compactMap(\.kind.from).first?.description
      ?? "Kindly <kindly@localhost.localdomain>"
  }

  private func concurrency(_ settings: ChannelSettings) -> Int {
    if case .smtp(let smtp) = settings.kind { return min(settings.concurrency, smtp.connections) }
    return settings.concurrency
  }

  private func quietHours(_ settings: ChannelSettings) -> DailyWindow? {
    switch settings.quietHours {
    case .inherited: configuration.quietHours
    case .none: nil
    case .window(let window): window
    }
  }

  private func deadline(_ settings: ChannelSettings) -> Duration {
    if case .exec(let exec) = settings.kind { return exec.timeout + .seconds(5) }
    return Outlet.standardDeadline
  }
}

/// Puts what the inbox channel delivers into the ledger.
private struct InboxShelf: InboxStore {
  let ledger: any InboxLedger
  let clock: any Timekeeper

  func deliver(_ entry: InboxPost) async throws {
    try await ledger.deliver(
      InboxDelivery(
        publicID: entry.publicID, rule: entry.rule, customer: entry.customer,
        subject: entry.subject, body: entry.text), now: clock.now)
  }
}
