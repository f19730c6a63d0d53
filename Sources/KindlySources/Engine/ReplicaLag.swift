/// How far a server's answers are behind the commits.
enum ReplicaLag: Hashable, Sendable {
  /// It is where commits are made, or does not let us see otherwise.
  case none
  case behind(Duration)
  /// It is a replica that does not hear from its primary, or does not say since when.
  case unknown

  func exceeds(_ limit: Duration) -> Bool {
    switch self {
    case .none: false
    case .behind(let lag): lag > limit
    case .unknown: true
    }
  }
}
