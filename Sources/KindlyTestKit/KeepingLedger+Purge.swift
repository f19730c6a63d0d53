package import KindlyCore

extension KeepingLedger {
  /// Deletes what is no longer needed, however long it takes.
  package func purge(now: Instant) async throws -> PurgeSummary {
    try await purge(now: now) {}
  }
}
