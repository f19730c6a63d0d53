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
    guard let place = HostAndPort(url, plain: "smtp", secure: "smtps") else { return nil }
    host = place.host
    isImplicitTLS = place.isImplicitTLS
    let standard = isImplicitTLS ? SMTPServer.implicitTLSPort : SMTPServer.submissionPort
    port = place.port ?? standard
  }

  /// As libcurl takes it: `smtp://relay.example.com:587`.
  package var url: String {
    "\(isImplicitTLS ? "smtps" : "smtp")://\(HostAndPort.text(host, port))"
  }

  /// Whether it is on this machine, where certificates are seldom valid and nobody can listen in.
  package var isHere: Bool { HostAndPort.isHere(host) }
}
