import Foundation
package import KindlyCore
package import KindlySources

/// An empty database on a real server, with a connection that writes as a customer's application would.
///
/// The user that kindly reads as may read every table of it. The database is dropped when the value goes away.
package protocol ServerDatabase: AnyObject, Sendable {
  associatedtype Server: DatabaseServer where Server.Database.Session == Session
  associatedtype Session: ServerSession

  /// What its URL begins with.
  static var scheme: String { get }

  var server: Server { get }
  var name: String { get }
  /// The application's connection.
  var writer: Session { get }

  /// A source that reads what is at an address; after a failure it waits for `firstWait`.
  func makeSource(
    at address: ServerAddress, password: Secret?, deadline: Duration, pace: SlicePace,
    firstWait: Duration
  ) -> DatabaseSource

  /// The connections that kindly has to it; `isAsleep` limits them to those currently waiting in a statement.
  func readers(asleep isAsleep: Bool) throws -> [String]

  /// Ends a connection.
  func end(_ reader: String) throws

  /// Lets those who connect from now on write, or not, as behind a failover to a server that only reads.
  func letWrite(_ isAllowed: Bool) throws
}

/// A connection of the customer's application; statements are run one at a time, and block.
package protocol ServerSession: AnyObject, Sendable {
  init(_ address: ServerAddress) throws

  /// Runs a script of statements.
  func run(_ sql: String) throws

  /// The rows of the last statement as texts; NULL is nil.
  func rows(_ sql: String) throws -> [[String?]]
}

extension ServerDatabase {
  package func run(_ sql: String) throws { try writer.run(sql) }

  package func rows(_ sql: String) throws -> [[String?]] { try writer.rows(sql) }

  /// Another connection, for what two do at once.
  package func session() throws -> Session { try server.administrator(of: name) }

  /// A connection of the server's administrator, on no database of tests.
  package func administrator() throws -> Session { try server.administrator() }

  /// Where it is, for kindly's own user.
  package var address: ServerAddress { server.address(of: name) }

  /// The user that kindly connects as, as GRANT names it; MariaDB has one for each way in.
  package var grantees: [String] {
    Self.scheme == "postgresql"
      ? [Server.user] : ["localhost", "127.0.0.1"].map { "\(Server.user)@'\($0)'" }
  }

  /// The same as a configuration's `url`.
  package var url: String {
    let host = address.hosts[0]
    let port = host.port.map { ":\($0)" } ?? ""
    return "\(Self.scheme)://\(Server.user)@\(host.name.replacing("/", with: "%2F"))\(port)/\(name)"
  }

  /// Its `url` over TCP; `port` is a proxy's where it is given.
  package func url(port: Int? = nil) -> String {
    "\(Self.scheme)://\(Server.user)@127.0.0.1:\(port ?? server.port)/\(name)"
  }

  /// A source that reads it as the user that may only read; a server that is away is asked again at once.
  package func source(
    at address: ServerAddress? = nil, password: Secret? = Server.password,
    deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
    firstWait: Duration = .zero
  ) -> DatabaseSource {
    makeSource(
      at: address ?? self.address, password: password, deadline: deadline, pace: pace,
      firstWait: firstWait)
  }

  /// Opens connections until the server's limit is reached, besides the writer's own.
  package func takeConnections(of limit: Int) async throws -> [any ServerSession] {
    var taken: [any ServerSession] = []
    while taken.count < limit - 1 {
      do {
        taken.append(try session())
      } catch is FixtureFault {
        // Another that has just ended is still counted.
        await Task.yield()
      }
    }
    return taken
  }

  /// Ends every connection that kindly has to it, and returns how many there were.
  @discardableResult
  package func endReaders(asleep isAsleep: Bool = false) throws -> Int {
    let readers = try readers(asleep: isAsleep)
    for reader in readers { try end(reader) }
    return readers.count
  }

  /// A name that no other database has.
  static func freshName() -> String {
    "kindly_" + UUID().uuidString.lowercased().replacing("-", with: "")
  }
}
