import KindlyCore

/// The address of a mail server, as its URL says it.
package struct SMTPServer: Hashable, Sendable {
  /// A name or an IP address, without the brackets that a URL puts around IPv6.
  package let host: String
  package let port: Int
  /// Whether the connection is encrypted from its first byte: `smtps://`.
  package let isImplicitTLS: Bool

  // The ports of message submission: RFC 6409, 3.1, and RFC 8314, 3.3.
  private static let submissionPort = 587
  private static let implicitTLSPort = 465

  /// A server from `smtp://HOST`, `smtp://HOST:PORT` or `smtps://…`; nil for anything else, such as a URL with a user
  /// in it.
  package init?(_ url: String) {
    guard let end = url.firstRange(of: "://") else { return nil }
    switch url[..<end.lowerBound].lowercased() {
    case "smtp": isImplicitTLS = false
    case "smtps": isImplicitTLS = true
    default: return nil
    }
    var rest = url[end.upperBound...].unicodeScalars
    if rest.last == "/" { rest.removeLast() }
    var port = isImplicitTLS ? SMTPServer.implicitTLSPort : SMTPServer.submissionPort
    var host = rest
    if rest.first == "[" {
      guard let close = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<close]
      let behind = rest[rest.index(after: close)...]
      guard behind.isEmpty || behind.first == ":" else { return nil }
      if !behind.isEmpty {
        guard let number = SMTPServer.port(behind.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = rest.lastIndex(of: ":") {
      guard let number = SMTPServer.port(rest[rest.index(after: colon)...]) else { return nil }
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
    return "\(isImplicitTLS ? "smtps" : "smtp")://\(shown):\(port)"
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
