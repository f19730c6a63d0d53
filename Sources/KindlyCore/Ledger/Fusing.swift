/// The ledger as the fuse sees it. Nothing here reads the whole outbox: a count goes no further than its limit.
package protocol FuseLedger: FuseReadingLedger {
  /// Makes a fuse suspect, or blows it and holds what waits for that day; a blown one stays as it is.
  ///
  /// - Returns: whether it was not blown before.
  @discardableResult
  func keep(_ standing: FuseStanding, now: Instant) async throws -> Bool

  /// Lets the reminders go that were checked, or blows the fuse if they are too many.
  ///
  /// - Returns: the standing if the fuse has blown, and how many were let go.
  func settle(_ standing: FuseStanding, now: Instant) async throws -> FuseSettlement

  /// Lets go what a fuse holds because a reload allows more; the reminders count as ever.
  func mend(_ standing: FuseStanding, now: Instant) async throws -> Int

  /// Notes that sending begins again after a long stop.
  func noteResumption(now: Instant) async throws
}

/// The ledger as those see it who ask what a fuse holds, or would hold.
package protocol FuseReadingLedger: Sendable {
  /// Where all fuses stand that something has come near.
  func fuses(now: Instant) async throws -> FuseStandings

  /// What the rule usually sends on a day of the zone; nil before its first day with a message has ended.
  func usualDay(ofRule rule: String, in zone: Zone, now: Instant) async throws -> UsualDay?

  /// What counts for a rule's day, counted up to just beyond `limit`.
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
