import KindlyCore
import Logging

extension HandOver {
  /// Whether a refusal for good is believed; what was not refused, or cannot be asked again, is not in doubt.
  func doubt(
    about outcome: Outcome, _ ready: ReadyReminder
  ) async throws -> RefusalDoubt.Verdict {
    guard case .rejected(let refusal) = outcome, refusal.isRepeatable else { return .proven }
    let channel = ready.outlet.channel.name
    let record = try await ledger.refusals(
      of: ready.reminder.id, customer: ready.about?.key, over: channel)
    return RefusalDoubt(
      first: record.first, others: record.others,
      lastAccepted: around.breakers.lastAccepted(by: channel, speakingFor: ready.destination),
      hasNextChannel: ready.next != nil && ready.reminder.uncertainties == 0, now: clock.now
    ).verdict
  }

  /// Keeps the address of a refused recipient from being written to again, and tells the journal.
  func suppress(_ ready: ReadyReminder, because: String) async throws {
    let channel = ready.outlet.channel.name
    try await ledger.suppress(
      Suppression(
        address: ready.address, because: because,
        origin: Suppression.Origin(
          channel: channel, customer: ready.recipient.distinctKey, reminder: ready.reminder.id)),
      now: clock.now)
    log.notice(
      """
      \(ready.recipient.words): nothing more is sent to this address, because channel \(channel) rejected it twice \
      and accepted mail for others in between: \(because); `kindly suppression lift --customer '\(ready.recipient.distinctKey)'` undoes this
      """,
      metadata: ["\(ready.recipient.kind.one)": "\(ready.recipient.key)", "channel": "\(channel)"])
  }

  /// The mask for an answer that may repeat the letter, so that no personal data is stored or logged.
  func mask(of parcel: Parcel) -> Mask { Mask(parcel.members.flatMap(hidden)) }

  /// The personal data in the letter of a reminder.
  private func hidden(of ready: ReadyReminder) -> [(text: String, stand: Mask.Stand)] {
    var hidden: [(text: String, stand: Mask.Stand)] = []
    func hide(_ text: String?, _ stand: Mask.Stand) {
      if let text { hidden.append((text, stand)) }
    }
    let people =
      ready.about == ready.recipient
      ? [ready.recipient] : [ready.about, ready.recipient].compactMap(\.self)
    for secret in people.flatMap(\.secrets.values) { hide(secret.exposed, .secret) }
    let watch = generation.watches[ready.rule.watch]
    for column in watch.flatMap({ generation.directory?.secretColumns(of: $0) }) ?? [] {
      for row in [ready.this, ready.old ?? [:]] {
        hide(row.value(ofColumn: column)?.text, .secret)
      }
    }
    for name in people.map(\.name) {
      hide(name, .name)
      for part in name.unicodeScalars.split(whereSeparator: \.isSpace) where part.count > 1 {
        hide(String(String.UnicodeScalarView(part)), .name)
      }
    }
    // The recipient's key is what people know them by, and no secret.
    if ready.outlet.channel.traits.address != .key { hide(ready.address, .address) }
    for address in people.flatMap(\.knownAddresses) { hide(address, .address) }
    return hidden
  }
}
