/// The host and the port of a mail server's URL, behind its scheme.
package struct HostAndPort {
  /// A name or an IP address, without the brackets that a URL puts around IPv6.
  package let host: String
  /// Nil where the URL names none.
  package let port: Int?
  /// Whether the URL's scheme is the one with TLS from the first byte.
  package let isImplicitTLS: Bool

  /// Reads `PLAIN://HOST`, `SECURE://HOST:PORT` and the like; nil for anything else, such as a URL with a user in it.
  package init?(_ url: String, plain: String, secure: String) {
    guard let end = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<end.lowerBound].lowercased()
    guard scheme.isExactly(plain) || scheme.isExactly(secure) else { return nil }
    isImplicitTLS = scheme.isExactly(secure)
    var rest = url[end.upperBound...].unicodeScalars
    if rest.last == "/" { rest.removeLast() }
    var port: Int?
    var host = rest
    if rest.first == "[" {
      guard let close = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<close]
      let behind = rest[rest.index(after: close)...]
      guard behind.isEmpty || behind.first == ":" else { return nil }
      if !behind.isEmpty {
        guard let number = HostAndPort.port(behind.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = rest.lastIndex(of: ":") {
      guard let number = HostAndPort.port(rest[rest.index(after: colon)...]) else { return nil }
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

  /// A host and a port as URLs write them.
  package static func text(_ host: String, _ port: Int) -> String {
    let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(shown):\(port)"
  }

  /// Whether a host is on this machine, where certificates are seldom valid and nobody can listen in.
  package static func isHere(_ host: String) -> Bool {
    ServerAddress.Host(name: host.lowercased()).isHere
  }
}

extension Unicode.Scalar {
  /// Whether a host may hold it: a letter or digit of any script, or punctuation of names or, in brackets, of IPv6.
  fileprivate func isOfHosts(isBracketed: Bool) -> Bool {
    properties.isAlphabetic || properties.numericType != nil
      || (isBracketed ? ".:%" : "-._").unicodeScalars.contains(self)
  }
}
