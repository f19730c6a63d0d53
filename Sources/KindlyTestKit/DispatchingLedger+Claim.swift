package import KindlyCore

extension DispatchingLedger {
  /// Claims what is due, as if every channel had room.
  package func claim(atMost limit: Int, now: Instant) async throws -> [ClaimedReminder] {
    let claimants = try await queues(now: now).map {
      FairShare.Claimant(queue: $0, channel: nil, messageClass: .care)
    }
    let shares = FairShare.divide(limit, among: claimants) { _, _ in limit }
    return try await claim(ClaimRequest(now: now, shares: shares))
  }

  /// When the next waiting reminder is due; nil where there is none.
  package func nextDue(now: Instant) async throws -> Instant? {
    try await queues(now: now).map(\.next).min()
  }
}
