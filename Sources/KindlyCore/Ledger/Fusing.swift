/// The ledger as the fuse sees it. Nothing here reads the whole outbox: a count stops just above its limit.
package protocol FuseLedger: FuseReadingLedger {
  /// Makes a fuse suspect, or blows it and holds what waits for that day; a blown one stays as it is.
  ///
  /// - Returns: whether it was not blown before.
  @discardableResult
  func keep(_ standing: FuseStanding, now: Instant) async throws -> Bool

  /// Releases the checked reminders, or blows the fuse if there are too many of them.
  ///
  /// - Returns: how many were released, or the standing if the fuse has blown.
  func settle(_ standing: FuseStanding, now: Instant) async throws -> FuseSettlement

  /// Releases the reminders that a fuse holds, because the configuration now allows more; they still count.
  func mend(_ standing: FuseStanding, now: Instant) async throws -> Int

  /// Notes that sending resumes after a long stop.
  func noteResumption(now: Instant) async throws
}

/// What the ledger tells about what fuses hold, or would hold.
package protocol FuseReadingLedger: Sendable {
  /// The standings of all fuses.
  func fuses(now: Instant) async throws -> FuseStandings

  /// What the rule usually sends on a day of the zone; nil before its first day with a message has ended.
  func usualDay(ofRule rule: String, in zone: Zone, now: Instant) async throws -> UsualDay?

  /// The reminders that count for a rule's day; counting stops just above `limit`.
  func load(ofRule rule: String, on day: CompanyDay, limit: Int, now: Instant) async throws
    -> FuseLoad
}

/// What became of the reminders that were checked for a suspect fuse.
package enum FuseSettlement: Hashable, Sendable {
  case released(Int)
  case blown(FuseStanding)
}

/// What a release did.
package struct FuseRelease: Hashable, Sendable {
  package let released: Int
  /// How many the fuse still holds.
  package let left: Int

  package init(released: Int, left: Int) {
    self.released = released
    self.left = left
  }
}
