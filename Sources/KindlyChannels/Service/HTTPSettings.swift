import KindlyConfig
import KindlyCore
import KindlyTransport

/// The keys that every channel over HTTP has: time limit, certificates, proxy, private addresses.
package struct HTTPSettings: Hashable, Sendable {
  let timeout: Duration
  let caFile: String?
  let proxy: String?
  let allowsPrivate: Bool

  /// Providers answer within a second; a busy one takes ten.
  static let standardTimeout = Duration.seconds(30)
  /// A longer exchange would hold a reminder past its recheck for nothing.
  private static let timeouts = Duration.seconds(1)...Duration.minutes(2)
  /// Enough for a few hundred requests a second with a near server, and few enough for any.
  static let standardConnections = 4
  /// Each connection has a thread.
  static let mostConnections = 64

  init(
    timeout: Duration = HTTPSettings.standardTimeout, caFile: String? = nil, proxy: String? = nil,
    allowsPrivate: Bool = false
  ) {
    self.timeout = timeout
    self.caFile = caFile
    self.proxy = proxy
    self.allowsPrivate = allowsPrivate
  }

  init(_ fields: inout Fields) {
    timeout =
      fields.value("timeout", "a time from 1s to 2m") {
        Notation.duration($0, in: HTTPSettings.timeouts)
      } ?? HTTPSettings.standardTimeout
    caFile = fields.value("ca file", "an absolute path", Notation.absolutePath)
    proxy = fields.text("proxy").flatMap { text in
      HTTPSettings.url(text, "`http://proxy.example.com:3128`")?.text
    }
    allowsPrivate = fields.value("private addresses", "yes or no", Notation.flag) ?? false
  }

  /// How to reach the service, with as many connections as hand-overs run at once.
  func access(connections: Int) -> HTTPAccess {
    HTTPAccess(
      caFile: caFile, proxy: proxy, allowsPrivate: allowsPrivate, connections: connections,
      timeout: timeout)
  }

  /// The time limit, and a few seconds for a broken connection to be noticed.
  var deadline: Duration { timeout + .seconds(5) }

  /// What keeps the channel from working on this machine.
  var faults: [String] {
    guard let caFile, let fault = FileAccess().fault(reading: caFile) else { return [] }
    return ["expected `ca file` to be a readable file, got \(caFile), which \(fault)"]
  }

  /// The URL of a key, with the errors that all channels have in common: not HTTP, a password in it, a private address
  /// that is not allowed, or no encryption towards another machine.
  func url(_ key: String, _ example: String, _ fields: inout Fields) -> String? {
    guard let text = fields.requiredText(key, example) else { return nil }
    return accepts(text, example, &fields) ? text.string : nil
  }

  /// The same of a key that has a default.
  func url(_ key: String, orElse standard: String, _ fields: inout Fields) -> String? {
    guard let text = fields.text(key) else { return standard }
    guard accepts(text, "`\(standard)`", &fields) else { return nil }
    let url = text.string.hasSuffix("/") ? String(text.string.dropLast()) : text.string
    guard url.hasSuffix(HTTPURL.writtenAuthority(of: url)) else {
      text.refuse(
        "expected `\(key)` to end with the host or port, such as `\(standard)`, got \(text.shape)")
      return nil
    }
    return url
  }

  /// Whether a text is a URL that the channel may use; if not, the error is in `fields`.
  func accepts(_ text: Text, _ example: String, _ fields: inout Fields) -> Bool {
    guard let url = HTTPSettings.url(text, example) else { return false }
    if let address = IPAddress(url.host), !address.isPublic, !allowsPrivate, proxy == nil {
      text.refuse(
        "expected `\(text.key)` to have a public address, got \(url.host); if it is a server of your own, add "
          + "`private addresses: yes`")
      return false
    }
    if !url.isEncrypted, !url.isHere {
      fields.warn("messages go to \(url.host) unencrypted; write https:// if it offers that")
    }
    return true
  }

  private static func url(_ text: Text, _ example: String) -> HTTPURL? {
    if text.string.utf8.contains(UInt8(ascii: "@")) {
      // The value is not repeated: it probably holds a password.
      text.refuse("expected `\(text.key)` to have no user or password in it, got an `@`")
      return nil
    }
    return text.value("an http:// or https:// URL such as \(example)", HTTPURL.init)
  }
}

/// A URL of HTTP, as far as its settings must know it.
struct HTTPURL: Hashable, Sendable {
  let text: String
  /// Without the brackets around IPv6.
  let host: String
  let isEncrypted: Bool

  init?(_ text: String) {
    guard let end = text.firstRange(of: "://") else { return nil }
    switch text[..<end.lowerBound].lowercased() {
    case "http": isEncrypted = false
    case "https": isEncrypted = true
    default: return nil
    }
    // A blank or a sign of another script would have to be written as `%20` or the like.
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      return nil
    }
    let authority = HTTPURL.writtenAuthority(of: text)[...]
    let name: Substring
    let port: Substring
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      name = authority[..<close].dropFirst()
      port = authority[close...].dropFirst()
      guard IPAddress(String(name)) != nil else { return nil }
    } else {
      name = authority.prefix { $0 != ":" }
      port = authority.dropFirst(name.count)
    }
    guard !name.isEmpty, port.isEmpty || HTTPURL.isPort(port) else { return nil }
    self.text = text
    host = String(name)
  }

  private static func isPort(_ text: Substring) -> Bool {
    guard text.first == ":", let number = Int(text.dropFirst()) else { return false }
    return (1...65_535).contains(number) && text.dropFirst().utf8.allSatisfy { $0 >= 0x30 }
  }

  var isHere: Bool { ServerAddress.Host(name: host.lowercased()).isHere }
}

extension HTTPURL {
  /// The host of a URL with its port, as the `Host` header of a request has it: without the port that is usual.
  static func authority(of url: String) -> String {
    let written = writtenAuthority(of: url)
    let usual = url.lowercased().hasPrefix("https:") ? ":443" : ":80"
    return written.hasSuffix(usual) ? String(written.dropLast(usual.count)) : written
  }

  /// Host and port as they stand in a URL.
  static func writtenAuthority(of url: String) -> String {
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    return String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
  }
}
