/// What mail programs do at a server: its part of a mail server's URL.
package protocol MailServerKind: Hashable, Sendable {
  /// The scheme of URLs without TLS from the first byte; with it, an `s` is put behind.
  static var scheme: String { get }
  /// The ports that a URL means if it names none.
  static var port: Int { get }
  static var implicitTLSPort: Int { get }
}

/// Submitting mail: RFC 6409, 3.1, and RFC 8314, 3.3.
package enum MailSubmission: MailServerKind {
  package static let scheme = "smtp"
  package static let port = 587
  package static let implicitTLSPort = 465
}

/// Reading mailboxes: RFC 9051, 2.1, and RFC 8314, 3.2.
package enum MailAccess: MailServerKind {
  package static let scheme = "imap"
  package static let port = 143
  package static let implicitTLSPort = 993
}

/// A server that mail is submitted to.
package typealias SMTPServer = MailServer<MailSubmission>
/// A server that keeps mailboxes.
package typealias IMAPServer = MailServer<MailAccess>

/// The address of a mail server, as its URL says it.
package struct MailServer<Kind: MailServerKind>: Hashable, Sendable {
  /// A name or an IP address, without the brackets that a URL puts around IPv6.
  package let host: String
  package let port: Int
  /// Whether the connection is encrypted from its first byte: `smtps://`.
  package let isImplicitTLS: Bool

  /// The scheme of URLs with TLS from the first byte.
  package static var secureScheme: String { Kind.scheme + "s" }

  /// A server from `smtp://HOST`, `smtps://HOST:PORT` and the like; nil for anything else, such as a URL with a user in
  /// it.
  package init?(_ url: String) {
    guard let end = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<end.lowerBound].lowercased()
    guard scheme.isExactly(Kind.scheme) || scheme.isExactly(MailServer.secureScheme) else {
      return nil
    }
    isImplicitTLS = scheme.isExactly(MailServer.secureScheme)
    var rest = url[end.upperBound...].unicodeScalars
    if rest.last == "/" { rest.removeLast() }
    var port = isImplicitTLS ? Kind.implicitTLSPort : Kind.port
    var host = rest
    if rest.first == "[" {
      guard let close = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<close]
      let behind = rest[rest.index(after: close)...]
      guard behind.isEmpty || behind.first == ":" else { return nil }
      if !behind.isEmpty {
        guard let number = MailServer.port(behind.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = rest.lastIndex(of: ":") {
      guard let number = MailServer.port(rest[rest.index(after: colon)...]) else { return nil }
      host = rest[..<colon]
      port = number
    }
    let isBracketed = rest.first == "["
    guard !host.isEmpty, host.allSatisfy({ $0.isOfHosts(isBracketed: isBracketed) }) else {
      return nil
    }
    self.host = String(Substring(host))
    self.port = port
  }

  private static func port(_ digits: Substring.UnicodeScalarView) -> Int? {
    guard digits.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(Substring(digits)),
      (1...65_535).contains(number)
    else { return nil }
    return number
  }

  /// As libcurl takes it: `smtp://relay.example.com:587`.
  package var url: String {
    let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(isImplicitTLS ? MailServer.secureScheme : Kind.scheme)://\(shown):\(port)"
  }

  /// Whether it is on this machine, where certificates are seldom valid and nobody can listen in.
  package var isHere: Bool { ServerAddress.Host(name: host.lowercased()).isHere }
}

extension Unicode.Scalar {
  /// Whether a host may hold it: a letter or digit of any script, or punctuation of names or, in brackets, of IPv6.
  fileprivate func isOfHosts(isBracketed: Bool) -> Bool {
    properties.isAlphabetic || properties.numericType != nil
      || (isBracketed ? ".:%" : "-._").unicodeScalars.contains(self)
  }
}
