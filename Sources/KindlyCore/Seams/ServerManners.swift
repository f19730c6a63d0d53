/// How a database server is asked, wherever it is.
package struct ServerManners: Hashable, Sendable {
  /// One for everything, or one for looks and one for questions about single rows.
  package let connections: Int
  /// What texts stored as latin1 really are, as iconv(1) names it; nil where they are latin1.
  package let encoding: String?
  /// A replica that is farther behind is not asked, because what it says may have changed long ago.
  package let replicaLag: Duration

  package init(
    connections: Int = ServerManners.defaultConnections, encoding: String? = nil,
    replicaLag: Duration = ServerManners.defaultReplicaLag
  ) {
    self.connections = connections
    self.encoding = encoding
    self.replicaLag = replicaLag
  }

  package static let defaultConnections = 2
  /// There are two kinds of work; a third connection would have none.
  package static let connectionCounts = 1...2
  /// Replication that works is a second behind; a reminder that waits half a minute longer loses nothing.
  package static let defaultReplicaLag = Duration.seconds(30)
  /// Servers tell their lag in seconds; a replica of yesterday would send what was paid since.
  package static let replicaLags = Duration.seconds(1)...Duration.hours(24)
}
