/// How a database server is asked, wherever it is.
package struct ServerManners: Hashable, Sendable {
  /// One for everything, or one for looks and one for questions about single rows.
  package let connections: Int
  /// The real encoding of texts stored as latin1, as iconv(1) names it; nil if they really are latin1.
  package let encoding: String?
  /// The longest lag at which a replica is still asked. Beyond it, its answers may be long out of date.
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
  /// Working replication is about a second behind. A reminder that waits half a minute longer does no harm.
  package static let defaultReplicaLag = Duration.seconds(30)
  /// Servers report their lag in seconds. A replica that is a day behind would send reminders for what has been paid
  /// since.
  package static let replicaLags = Duration.seconds(1)...Duration.hours(24)
}
