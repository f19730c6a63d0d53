package import KindlyCore

/// A channel whose messages stay in Kindly's own ledger; keeping one again changes nothing.
package final class LedgerChannel<Entry: LedgerEntry>: Channel {
  package let name: String
  private let entry: @Sendable (Delivery, String) -> Entry
  private let keep: @Sendable (Entry) async throws -> Void
  private let sends = SendsInHand()

  package var traits: ChannelTraits { Entry.traits }

  /// - Parameters:
  ///   - entry: what is kept of a delivery to an address in the channel's form.
  ///   - keep: keeps it.
  package init(
    name: String, entry: @escaping @Sendable (Delivery, String) -> Entry,
    keep: @escaping @Sendable (Entry) async throws -> Void
  ) {
    self.name = name
    self.entry = entry
    self.keep = keep
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    return Payload(
      publicID: delivery.publicID, recipient: address,
      bytes: try PayloadJSON.bytes(of: entry(delivery, address)))
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await sends.run { await kept(payload) }
      ?? .withdrawn(Refusal("the channel is closed; nothing was kept"))
  }

  package func close() async {
    await sends.close()
  }

  private func kept(_ payload: Payload) async -> Outcome {
    guard let entry = PayloadJSON.value(Entry.self, from: payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was not made by a channel of type \(Entry.word): was the channel's type changed?"
        ))
    }
    do {
      try await keep(entry)
      return .sent(evidence: Entry.evidence)
    } catch {
      // Keeping is idempotent, so even a failure after the fact may simply be tried again.
      return .retry(
        Refusal("the ledger could not be written: \(error)", isChannelWide: true))
    }
  }
}

/// What a channel keeps of a message, in the bytes of a payload.
package protocol LedgerEntry: Codable, Sendable {
  /// The channel's type.
  static var word: String { get }
  static var traits: ChannelTraits { get }
  /// What an attempt records: `kept in the inbox`.
  static var evidence: String { get }
}
