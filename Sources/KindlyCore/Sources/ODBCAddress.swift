/// The attributes by which an ODBC driver finds a database, such as `DSN` and `UID`.
package struct ODBCAddress: Hashable, Sendable {
  package struct Attribute: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// In the order in which they were written; no password is among them.
  package let attributes: [Attribute]

  package init(_ attributes: [Attribute]) {
    self.attributes = attributes
  }

  /// The value of the first attribute that has one of these names, in whatever case it is written.
  package func value(_ names: String...) -> String? {
    attributes.first { names.contains($0.name.lowercased()) }?.value
  }

  package var user: String? { value("uid", "user", "username") }

  /// The attributes that say where a database is. Others may be private and are not shown.
  private static let places: Set<String> = [
    "dsn", "filedsn", "driver", "server", "servername", "host", "socket", "port", "database",
  ]

  /// The address as messages name it: `odbc:DSN=crm`.
  package var text: String {
    "odbc:"
      + attributes.filter { ODBCAddress.places.contains($0.name.lowercased()) }
      .map { "\($0.name)=\($0.value)" }.joined(separator: ";")
  }

  /// The connection string for `SQLDriverConnect`.
  ///
  /// - Parameter restraints: attributes added unless the address already sets them.
  package func connectionString(
    password: Secret?, restraints: [Attribute] = []
  ) -> String {
    let restraints = restraints.filter { value($0.name.lowercased()) == nil }
    return
      (attributes + restraints + (password.map { [Attribute("PWD", $0.exposed)] } ?? []))
      .map { "\($0.name)=\(ODBCAddress.written($0.value))" }.joined(separator: ";")
  }

  /// The value in braces if it could be misread without them; a brace inside is doubled.
  private static func written(_ value: String) -> String {
    let isPlain =
      value.unicodeScalars.allSatisfy { !"[]{}(),;?*=!@".unicodeScalars.contains($0) }
      && value.first != " " && value.last != " "
    return isPlain ? value : "{" + value.doubling("}") + "}"
  }
}
