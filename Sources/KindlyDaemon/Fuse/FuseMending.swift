import KindlyCore
import Logging

/// Releases the reminders that a fuse holds although the configuration now allows that many.
struct FuseMending {
  let ledger: any FuseLedger
  let log: Logger
  let now: Instant

  func run(_ rules: [ExactText: Rule]) async throws {
    for standing in try await ledger.fuses(now: now).all where standing.state != .settled {
      guard let declared = rules[standing.rule]?.fuse, declared > standing.fuse.most,
        declared >= standing.letters
      else { continue }
      let count = try await ledger.mend(standing, now: now)
      guard count > 0 else { continue }
      log.notice(
        "rule \(standing.rule): \(counted(count, "held reminder")) released, because `fuse:` now allows \(declared) a day",
        metadata: ["rule": "\(standing.rule)"])
    }
  }
}
