import KindlyCore

/// Parses the part of an `odbc:` URL after its scheme: attributes in ODBC notation, `DSN=crm;UID=kindly`.
///
/// A value may be in braces and may then contain anything except an undoubled closing brace (Microsoft's ODBC
/// reference, SQLDriverConnect, "Connection strings").
struct ODBCString {
  private var rest: Substring
  private var attributes: [ODBCAddress.Attribute] = []
  /// Each of them as it was written.
  private var written: [Substring] = []

  /// One of these says which driver to take.
  private static let drivers: Set<String> = ["dsn", "filedsn", "driver"]
  private static let passwords: Set<String> = ["pwd", "password"]
  /// Longer connection strings are refused.
  private static let longest = 4096

  /// The address that a string names; the texts of errors never repeat it, because it may hold a password.
  static func read(_ rest: String) throws(SourceKind.Problem) -> ODBCAddress {
    guard rest.utf8.count <= longest else {
      throw SourceKind.Problem(text: "expected `url` to have at most \(longest) bytes")
    }
    var string = ODBCString(rest: rest[...])
    while try string.readAttribute() {}
    let names = Set(string.attributes.map { $0.name.lowercased() })
    guard names.isDisjoint(with: passwords) else {
      throw SourceKind.Problem(
        text:
          "expected `url` to have no password in it; write `password: { credential: NAME }` beside it, and change "
          + "the password if others could read this file")
    }
    guard !names.isDisjoint(with: drivers) else { throw expected }
    return ODBCAddress(string.attributes)
  }

  /// Splits a string as typed on a command line into the string without its password, and the password.
  static func withoutPassword(
    _ rest: String
  ) throws(SourceKind.Problem) -> (rest: String, password: Secret?) {
    var string = ODBCString(rest: rest[...])
    while try string.readAttribute() {}
    let isPassword = string.attributes.map { passwords.contains($0.name.lowercased()) }
    // A driver takes the first of two.
    guard let first = isPassword.firstIndex(of: true) else { return (rest, nil) }
    let kept = zip(string.written, isPassword).filter { !$1 }.map(\.0)
    let password = string.attributes[first].value
    return (kept.joined(separator: ";"), password.isEmpty ? nil : Secret(password))
  }

  private static var expected: SourceKind.Problem {
    SourceKind.Problem(
      text:
        "expected `url` to be an ODBC connection string behind `odbc:`, `odbc:DSN=crm;UID=kindly` or "
        + "`odbc:Driver=FreeTDS;Server=db.example.com;Database=crm;UID=kindly`")
  }

  /// Takes the next attribute with the semicolon behind it; false where there is none.
  private mutating func readAttribute() throws(SourceKind.Problem) -> Bool {
    rest = rest.drop { $0 == ";" || $0.isWhitespace }
    guard !rest.isEmpty else { return false }
    let whole = rest
    guard let equals = rest.firstIndex(of: "=") else { throw ODBCString.expected }
    let name = rest[..<equals]
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || " _-".contains($0) })
    else { throw ODBCString.expected }
    rest = rest[rest.index(after: equals)...]
    let value = rest.first == "{" ? try readBraced() : readPlain()
    attributes.append(ODBCAddress.Attribute(String(name), value))
    written.append(whole[..<rest.startIndex])
    return true
  }

  private mutating func readPlain() -> String {
    let value = rest.prefix { $0 != ";" }
    rest = rest[value.endIndex...]
    return String(value)
  }

  private mutating func readBraced() throws(SourceKind.Problem) -> String {
    var value = ""
    rest.removeFirst()
    while let character = rest.popFirst() {
      if character == "}" {
        guard rest.first == "}" else { return value }
        rest.removeFirst()
      }
      value.append(character)
    }
    throw SourceKind.Problem(text: "expected `url` to close each `{` of a value with a `}`")
  }
}
