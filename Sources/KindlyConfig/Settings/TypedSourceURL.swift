package import KindlyCore

/// A source's URL as typed on a command line, where it may contain a password.
///
/// A URL in the configuration has none. The typed URL is taken apart, so that no password reaches a file or an error
/// message.
package struct TypedSourceURL: Sendable {
  package let kind: SourceKind
  /// What stood behind the user's name and a colon, or as `PWD` among the attributes of ODBC.
  package let password: Secret?
  /// The URL as a configuration may have it: with the user, and without the password.
  package let url: String

  /// - Parameter user: takes the place of the user in the URL.
  package init(_ text: String, user: String? = nil) throws(TypedURLProblem) {
    (url, password) = try TypedSourceURL.parted(text, user: user)
    do throws(SourceKind.Problem) {
      kind = try SourceKind(url: url)
    } catch {
      throw TypedURLProblem(error.text)
    }
    if kind.isFile, user != nil || password != nil {
      throw TypedURLProblem("expected no user or password for a database that is a file, got one")
    }
    if case .odbc = kind, user != nil {
      throw TypedURLProblem("expected the user of an ODBC source as UID in its URL")
    }
  }

  /// The URL without its password, and the password.
  private static func parted(
    _ text: String, user: String?
  ) throws(TypedURLProblem) -> (url: String, password: Secret?) {
    if text.prefix(odbc.count).lowercased() == odbc {
      do throws(SourceKind.Problem) {
        let (rest, password) = try ODBCString.withoutPassword(String(text.dropFirst(odbc.count)))
        return (odbc + rest, password)
      } catch {
        throw TypedURLProblem(error.text)
      }
    }
    let parts = URLParts(text)
    var (name, password) = (parts?.user, Secret?.none)
    if let typed = name, let colon = typed.firstIndex(of: ":") {
      guard let plain = String(typed[typed.index(after: colon)...]).removingPercent else {
        throw TypedURLProblem(
          "expected special characters of the password in the URL to be written as %XX")
      }
      (name, password) = (typed[..<colon], plain.isEmpty ? nil : Secret(plain))
    }
    let account = user.map(TypedSourceURL.escaped) ?? name.map(String.init)
    let url = parts.map { "\($0.scheme)://\(account.map { $0 + "@" } ?? "")\($0.rest)" }
    return (url ?? text, password)
  }

  private static let odbc = "odbc:"

  /// RFC 3986, 2.3: what needs no percent sign.
  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar))
      return isPlain
        ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

/// `scheme://user:password@rest`, where the text is one.
private struct URLParts {
  let scheme: Substring
  let user: Substring?
  let rest: Substring

  init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    scheme = text[..<colon]
    let behind = text[colon...].dropFirst(3)
    let authority = behind.prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") {
      user = authority[..<at]
      rest = behind[behind.index(after: at)...]
    } else {
      user = nil
      rest = behind
    }
  }
}

/// Why a typed URL is not one; never repeats it, because it may hold a password.
package struct TypedURLProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
