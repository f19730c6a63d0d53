/// What the daemon answers.
package enum ControlReply: Hashable, Sendable, Codable {
  /// Done and recorded; `count` says of how many.
  case ok(text: String, count: Int)
  /// What was asked about the daemon itself.
  case standing(DaemonStanding)
  /// Not done; the text says why and what to do.
  case refused(text: String)
}
