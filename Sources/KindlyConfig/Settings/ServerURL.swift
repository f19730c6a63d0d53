import KindlyCore

/// Reads the part of a server's URL behind its scheme (RFC 3986): `//user@host:port,other/database?sslmode=…`.
struct ServerURL {
  private let authority: Substring
  private let database: Substring
  private let options: [(name: Substring, value: Substring)]

  /// What `sslmode` may be, as libpq has named it; weaker ones would encrypt or not as an attacker likes.
  private static let modes: [(word: String, security: ServerAddress.Security)] = [
    ("verify-full", .checked), ("require", .encrypted), ("disable", .none),
  ]

  private init(_ rest: String, example: String) throws(SourceKind.Problem) {
    let parts = rest.dropFirst(2).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard rest.hasPrefix("//"), parts.count == 2 else {
      throw ServerURL.expected(example)
    }
    authority = parts[0]
    let tail = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    database = tail[0]
    options = (tail.count > 1 ? tail[1] : "").split(separator: "&").map { option in
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
  }

  /// The address that a URL names; the texts of errors never repeat it, because it may hold a password.
  static func read(_ rest: String, example: String) throws(SourceKind.Problem) -> ServerAddress {
    let url = try ServerURL(rest, example: example)
    let (user, places) = try url.user()
    var hosts: [ServerAddress.Host] = []
    for place in places.split(separator: ",", omittingEmptySubsequences: false) {
      guard let host = ServerURL.host(place) else { throw expected(example) }
      hosts.append(host)
    }
    guard let database = String(url.database).removingPercent, !database.isEmpty else {
      throw expected(example)
    }
    let (mode, certificates, target) = try url.wishes()
    let isHere = hosts.allSatisfy(\.isHere)
    return ServerAddress(
      hosts: hosts, database: database, user: user, security: mode ?? (isHere ? .none : .checked),
      certificates: certificates, target: target ?? .any)
  }

  private static func expected(_ example: String) -> SourceKind.Problem {
    SourceKind.Problem(text: "expected `url` to name a host and a database, `\(example)`")
  }

  private func user() throws(SourceKind.Problem) -> (String?, Substring) {
    guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
    let user = authority[..<at]
    guard !user.contains(":"), let name = String(user).removingPercent, !name.isEmpty else {
      throw SourceKind.Problem(
        text:
          "expected `url` to have no password in it; write `password: { credential: NAME }` beside it, and change "
          + "the password if others could read this file")
    }
    return (name, authority[authority.index(after: at)...])
  }

  /// `db.example.com:5433`, `[::1]`, `%2Frun%2Fpostgresql`, or nothing for this machine's own socket.
  private static func host(_ text: Substring) -> ServerAddress.Host? {
    var (name, port) = (text, Int?.none)
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number)
      else { return nil }
      (name, port) = (text[..<colon], number)
    }
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    guard let name = String(name).removingPercent else { return nil }
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber || "-._:%".contains($0) }
    return isName || name.hasPrefix("/") ? ServerAddress.Host(name: name, port: port) : nil
  }

  private func wishes() throws(SourceKind.Problem) -> (
    ServerAddress.Security?, String?, ServerAddress.Target?
  ) {
    var (mode, certificates) = (ServerAddress.Security?.none, String?.none)
    var target = ServerAddress.Target?.none
    for option in options {
      switch option.name {
      case "sslmode":
        guard let found = ServerURL.modes.first(where: { $0.word == option.value }) else {
          let words = ServerURL.modes.map(\.word).joined(separator: ", ")
          throw SourceKind.Problem(text: "expected `sslmode` in `url` to be one of \(words)")
        }
        mode = found.security
      case "sslrootcert":
        guard let path = String(option.value).removingPercent, path.hasPrefix("/") else {
          throw SourceKind.Problem(text: "expected `sslrootcert` in `url` to be an absolute path")
        }
        certificates = path
      case "target_session_attrs":
        guard let found = ServerAddress.Target(rawValue: String(option.value)) else {
          let words = ServerAddress.Target.allCases.map(\.rawValue).joined(separator: ", ")
          throw SourceKind.Problem(
            text: "expected `target_session_attrs` in `url` to be one of \(words)")
        }
        target = found
      default:
        throw SourceKind.Problem(
          text:
            "expected nothing but `sslmode`, `sslrootcert` and `target_session_attrs` after the `?` of `url`"
        )
      }
    }
    return (mode, certificates, target)
  }
}
