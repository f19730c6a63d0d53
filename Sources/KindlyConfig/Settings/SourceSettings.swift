package import KindlyCore

/// A customer database as the configuration names it.
package struct SourceSettings: Hashable, Sendable {
  package let name: String
  package let kind: SourceKind
  /// The encoding of a CSV source's files, as iconv(1) names it; nil for UTF-8.
  package let encoding: String?
  /// What its server asks for; nil where the engine has none, or lets this user in without.
  package let password: SecretReference?
  /// How its server is asked; means nothing for a file.
  package let manners: ServerManners
  /// How often it is asked whether it changed.
  package let poll: Duration
  /// The zone of its wall times.
  package let timezone: Zone
  package let place: Place

  package init(
    name: String, kind: SourceKind, encoding: String? = nil, password: SecretReference? = nil,
    manners: ServerManners = ServerManners(),
    poll: Duration = SourceSettings.defaultPoll, timezone: Zone, place: Place = .unknown
  ) {
    self.name = name
    self.kind = kind
    self.encoding = encoding
    self.password = password
    self.manners = manners
    self.poll = poll
    self.timezone = timezone
    self.place = place
  }

  package static let defaultPoll = Duration.seconds(5)
  /// Polling more often would load a source more than its own application does; polling less often would not be "soon".
  package static let polls = Duration.milliseconds(100)...Duration.hours(24)
}

/// The engine of a source with what it needs to be reached. A new engine is a case and a line in `schemes`.
package enum SourceKind: Hashable, Sendable {
  case sqlite(path: String)
  /// A file, or a folder whose `.csv` files are its tables.
  case csv(path: String)
  case postgres(ServerAddress)
  /// MariaDB or MySQL.
  case mariadb(ServerAddress)
  /// Whatever an ODBC driver reaches.
  case odbc(ODBCAddress)

  /// Why a URL is not one of ours, as the end of an error.
  struct Problem: Error {
    let text: String
  }

  /// What reads the URL of each scheme, from the part behind `scheme:`.
  private static let schemes:
    [(scheme: String, read: @Sendable (String) throws(Problem) -> SourceKind)] = [
      (
        "sqlite",
        { (rest) throws(Problem) in .sqlite(path: try path(rest, "sqlite", "/srv/crm/crm.db")) }
      ),
      ("csv", { (rest) throws(Problem) in .csv(path: try path(rest, "csv", "/srv/shop")) }),
      ("postgresql", SourceKind.postgresServer),
      ("mysql", SourceKind.mariaDBServer), ("mariadb", SourceKind.mariaDBServer),
      ("odbc", { (rest) throws(Problem) in .odbc(try ODBCString.read(rest)) }),
    ]

  init(url: String) throws(Problem) {
    guard let colon = url.firstIndex(of: ":") else {
      throw Problem(text: "expected `url` to begin with \(SourceKind.schemeNames), got no scheme")
    }
    let scheme = url[..<colon].lowercased()
    guard let found = SourceKind.schemes.first(where: { $0.scheme == scheme }) else {
      throw Problem(
        text:
          "expected `url` to begin with \(SourceKind.schemeNames), got `\(Item.shortened(scheme)):`"
          + Suggestion.text(for: scheme, among: SourceKind.schemes.map(\.scheme)))
    }
    self = try found.read(String(url[url.index(after: colon)...]))
  }

  private static var schemeNames: String {
    schemes.map { $0.scheme == "odbc" ? "`odbc:`" : "`\($0.scheme)://`" }.joined(separator: " or ")
  }

  /// The path of `///srv/crm/crm.db`; percent signs are those of a URL.
  private static func path(
    _ rest: String, _ scheme: String, _ example: String
  ) throws(Problem) -> String {
    guard rest.hasPrefix("///"), rest.count > 3,
      let path = String(rest.dropFirst(2)).removingPercent
    else {
      throw Problem(
        text:
          "expected `url` to be \(scheme):// and an absolute path, `\(scheme)://\(example)` (three slashes)"
      )
    }
    if rest.contains("?") {
      throw Problem(
        text: "expected `url` to be a path without `?`; write a `?` in a file's name as %3F")
    }
    return path
  }

  private static func postgresServer(_ rest: String) throws(Problem) -> SourceKind {
    .postgres(try ServerURL.read(rest, example: "postgresql://kindly@db.example.com/crm"))
  }

  private static func mariaDBServer(_ rest: String) throws(Problem) -> SourceKind {
    .mariadb(try ServerURL.read(rest, example: "mysql://kindly@db.example.com/crm"))
  }

  /// The server, where the engine has one that we know.
  package var server: ServerAddress? {
    switch self {
    case .sqlite, .csv, .odbc: nil
    case .postgres(let address), .mariadb(let address): address
    }
  }

  /// Whether there is nobody who could ask for a password.
  package var isFile: Bool {
    switch self {
    case .sqlite, .csv: true
    case .postgres, .mariadb, .odbc: false
    }
  }
}

extension String {
  /// The text with `%2F` and its like decoded (RFC 3986), or nil where they are malformed.
  var removingPercent: String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value > 0
      else { return nil }
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
