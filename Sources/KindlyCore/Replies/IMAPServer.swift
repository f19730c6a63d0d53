/// The address of a server that keeps mailboxes, as its URL says it.
package struct IMAPServer: Hashable, Sendable {
  /// A name or an IP address, without the brackets that a URL puts around IPv6.
  package let host: String
  package let port: Int
  /// Whether the connection is encrypted from its first byte: `imaps://`.
  package let isImplicitTLS: Bool

  // RFC 9051, 2.1, and RFC 8314, 3.2.
  private static let plainPort = 143
  private static let implicitTLSPort = 993

  /// A server from `imaps://HOST`, `imap://HOST:PORT` or the like; nil for anything else, such as a URL with a user in
  /// it.
  package init?(_ url: String) {
    guard let place = HostAndPort(url, plain: "imap", secure: "imaps") else { return nil }
    host = place.host
    isImplicitTLS = place.isImplicitTLS
    let standard = isImplicitTLS ? IMAPServer.implicitTLSPort : IMAPServer.plainPort
    port = place.port ?? standard
  }

  /// As libcurl takes it: `imaps://imap.example.com:993`.
  package var url: String {
    "\(isImplicitTLS ? "imaps" : "imap")://\(HostAndPort.text(host, port))"
  }

  /// Whether it is on this machine, where certificates are seldom valid and nobody can listen in.
  package var isHere: Bool { HostAndPort.isHere(host) }
}
