/// The address of a database server, and how the connection to it is protected.
package struct ServerAddress: Hashable, Sendable {
  package struct Host: Hashable, Sendable {
    /// A name, an address, or the folder of a Unix socket; empty for the driver's own folder.
    package let name: String
    /// Nil for the engine's usual port.
    package let port: Int?

    package init(name: String = "", port: Int? = nil) {
      self.name = name
      self.port = port
    }

    /// Whether the way to it stays on this machine.
    package var isHere: Bool {
      name.isEmpty || name.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains(name)
    }
  }

  /// How well the connection must be protected.
  package enum Security: Hashable, Sendable {
    /// Encrypted; the server's certificate is verified, and its name must match.
    case checked
    /// Encrypted, but the server is not verified.
    case encrypted
    case none
  }

  /// Which of several servers is wanted, in libpq's words.
  package enum Target: String, Hashable, Sendable, CaseIterable {
    case any
    case readWrite = "read-write"
    case readOnly = "read-only"
    case primary, standby
    case preferStandby = "prefer-standby"
  }

  /// In the order in which they are tried.
  package let hosts: [Host]
  package let database: String
  package let user: String?
  package let security: Security
  /// A file of certificates to trust instead of the system's.
  package let certificates: String?
  package let target: Target

  package init(
    hosts: [Host], database: String, user: String? = nil, security: Security,
    certificates: String? = nil, target: Target = .any
  ) {
    self.hosts = hosts
    self.database = database
    self.user = user
    self.security = security
    self.certificates = certificates
    self.target = target
  }

  /// Whether no host is on another machine.
  package var isHere: Bool { hosts.allSatisfy(\.isHere) }

  /// The address as messages name it: `crm on db.example.com:5433`.
  package var text: String {
    let places = hosts.map { host in
      (host.name.isEmpty ? "this machine" : host.name) + (host.port.map { ":\($0)" } ?? "")
    }
    return "\(database) on \(places.joined(separator: " or "))"
  }
}
