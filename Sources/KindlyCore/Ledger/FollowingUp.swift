/// What the ledger knows of messages that may not be read.
package protocol FollowUpLedger: Sendable {
  /// What is known of the messages that these follow-ups follow, by the follow-ups' ids.
  func followed(by followUps: [Int64]) async throws -> [Int64: FollowUp.Followed]
}
