#if PostgreSQL
  import CPostgres
  import Glibc
  import KindlyCore

  /// libpq's settings for a connection, including everything that it would otherwise take from the environment or a
  /// home folder.
  ///
  /// `kindly check` in a person's shell must reach the same server in the same way as the daemon. Only `PGSERVICE`
  /// cannot be overridden: the service it names has no effect, but it must exist. `PGTZ`, `PGDATESTYLE` and `PGGEQO`
  /// reach the server, where each transaction sets what matters (`PostgresEngine`).
  struct PostgresSettings {
    /// In libpq's own notation, in which a setting can be said to be empty.
    let text: String

    /// What a connection may take to come about with each host, in seconds; libpq takes whole ones, two at least.
    private static let connectSeconds = 5
    /// After how many milliseconds an unresponsive peer is given up; the kernel's own limit is a quarter of an hour.
    private static let deadPeerMilliseconds = 10_000
    /// A connection on which nothing is asked is tried after so many seconds, and again at this pace.
    private static let (quietSeconds, trialSeconds) = (30, 10)
    /// Where Debian's servers listen.
    private static let (sockets, port) = ("/var/run/postgresql", 5432)
    /// Where Debian's ca-certificates puts what is trusted.
    private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"
    /// A path that does not exist: an empty setting would mean a file in the home folder.
    private static let noFile = "/nonexistent"

    init(_ address: ServerAddress, _ password: Secret?) {
      var settings = PostgresSettings.defaults
      settings.merge(PostgresSettings.own(address)) { $1 }
      if let password { settings["password"] = password.exposed }
      text = settings.sorted { $0.key < $1.key }
        .map { "\($0.key)='\(PostgresSettings.escaped($0.value))'" }.joined(separator: " ")
    }

    private static func own(_ address: ServerAddress) -> [String: String] {
      [
        "host": address.hosts.map { $0.name.isEmpty ? sockets : $0.name }.joined(separator: ","),
        "port": address.hosts.map { "\($0.port ?? port)" }.joined(separator: ","),
        "dbname": address.database, "user": address.user ?? systemUser,
        "application_name": "kindly", "client_encoding": "UTF8",
        "connect_timeout": "\(connectSeconds)", "tcp_user_timeout": "\(deadPeerMilliseconds)",
        "target_session_attrs": address.target.rawValue,
        "keepalives_idle": "\(quietSeconds)", "keepalives_interval": "\(trialSeconds)",
        "sslmode": mode(address.security), "gssencmode": "disable",
        "sslrootcert": address.security == .checked
          ? address.certificates ?? systemCertificates : noFile,
        "sslcert": noFile, "sslkey": noFile, "sslcrl": noFile, "passfile": noFile,
      ]
    }

    /// What libpq does where nobody says otherwise, for each option that a variable could set.
    private static var defaults: [String: String] {
      guard let options = PQconndefaults() else { return [:] }
      defer { PQconninfoFree(options) }
      // By the names that libpq has for its settings.
      var defaults: [String: String] = [:]
      var option = options
      while let name = option.pointee.keyword.map({ String(cString: $0) }) {
        let compiled = option.pointee.compiled.map { String(cString: $0) }
        if option.pointee.envvar != nil, let value = compiled ?? (unset.contains(name) ? "" : nil) {
          defaults[name] = value
        }
        option += 1
      }
      return defaults
    }

    /// The options that are off where they are empty; each version of libpq knows some of them.
    private static let unset: Set<String> = [
      "hostaddr", "password", "requirepeer", "sslcrldir", "ssl_max_protocol_version", "gsslib",
    ]

    /// Who this process runs as, which is who libpq takes for the user.
    private static var systemUser: String {
      var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
      var names = [CChar](repeating: 0, count: 4096)
      guard getpwuid_r(geteuid(), &entry, &names, names.count, &found) == 0, found != nil,
        let name = entry.pw_name
      else { return "" }
      return String(cString: name)
    }

    private static func mode(_ security: ServerAddress.Security) -> String {
      switch security {
      case .checked: "verify-full"
      case .encrypted: "require"
      case .none: "disable"
      }
    }

    private static func escaped(_ value: String) -> String {
      var escaped = String.UnicodeScalarView()
      for scalar in value.unicodeScalars {
        if scalar == "\\" || scalar == "'" { escaped.append("\\") }
        escaped.append(scalar)
      }
      return String(escaped)
    }
  }
#endif
