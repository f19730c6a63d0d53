import KindlyCore

/// Decodes one member of `channels:`. A new type is a line in `types` and the function that reads its keys.
struct ChannelDecoder {
  let findings: Findings

  private static let types:
    [(word: String, read: @Sendable (ChannelDecoder, inout Fields) -> ChannelSettings.Kind?)] = [
      ("smtp", { $0.smtp(&$1) }),
      ("maildir", { $0.maildir(&$1) }),
      ("inbox", { _, _ in .inbox }),
      ("exec", { $0.exec(&$1) }),
    ]

  func channel(_ name: String, _ item: Item) -> ChannelSettings? {
    guard var fields = Fields(item, what: "channel \(name)", findings: findings) else { return nil }
    guard let type = fields.requiredText("type", ChannelDecoder.typeNames) else { return nil }
    guard let read = ChannelDecoder.types.first(where: { $0.word == type.string })?.read else {
      type.refuse(
        "expected `type` to be \(ChannelDecoder.typeNames), got \(type.item.shape)"
          + Suggestion.text(for: type.string, among: ChannelDecoder.types.map(\.word)))
      return nil
    }
    defer { fields.finish() }
    let kind = read(self, &fields)
    let concurrency = fields.number("concurrency", in: ChannelSettings.concurrencies)
    let rate = fields.value(
      "rate", "a number and s, min, h or d, such as 20/s or 100/min", Rate.init)
    let quietHours = fields.value("quiet hours", Notation.windowOrNo, Notation.quietHours)
    guard let kind else { return nil }
    return ChannelSettings(
      name: name, kind: kind, concurrency: concurrency ?? kind.defaultConcurrency, rate: rate,
      quietHours: quietHours ?? .inherited, place: item.spot.place)
  }

  private static var typeNames: String { types.map(\.word).joined(separator: ", ") }

  private func maildir(_ fields: inout Fields) -> ChannelSettings.Kind? {
    let from = fields.value(
      "from", "an address, `Example <care@example.com>`", MailAddress.init)
    guard let path = fields.requiredText("path", "an absolute path, `/var/lib/kindly/mail`")
    else { return nil }
    return path.value("an absolute path", absolutePath).map { .maildir(path: $0, from: from) }
  }

  private func exec(_ fields: inout Fields) -> ChannelSettings.Kind? {
    let command = command(&fields)
    let timeout = fields.value("timeout", "a time from 1s to 10m") {
      Notation.duration($0, in: ExecSettings.timeouts)
    }
    let rings = fields.value("rings", "yes or no", Notation.flag)
    let address = fields.value("address", "email, phone or key") {
      ChannelTraits.AddressKind(rawValue: $0)
    }
    return command.map {
      .exec(
        ExecSettings(
          command: $0, timeout: timeout ?? ExecSettings.defaultTimeout, rings: rings ?? false,
          address: address ?? .email))
    }
  }

  private func command(_ fields: inout Fields) -> [String]? {
    guard let item = fields.item("command") else {
      fields.missing("command", "a list `[/usr/local/bin/sms, --send]`, or a text for /bin/sh")
      return nil
    }
    if case .text = item.kind {
      return Text(item, key: "command", findings: findings).map { ["/bin/sh", "-c", $0.string] }
    }
    guard let words = fields.texts("command"), let program = words.first else { return nil }
    return program.value("an absolute path of a program first", absolutePath) == nil
      ? nil : words.map(\.string)
  }

  /// A path that means the same wherever kindly is started.
  private func absolutePath(_ text: String) -> String? {
    text.hasPrefix("/") && !text.contains("\0") ? text : nil
  }
}

extension ChannelDecoder {
  private func smtp(_ fields: inout Fields) -> ChannelSettings.Kind? {
    let server = fields.requiredText("url", "`smtp://relay.example.com:587`").flatMap(server)
    let from = fields.requiredText("from", "`Example <care@example.com>`")?
      .value("an address, `Example <care@example.com>`", MailAddress.init)
    let replyTo = fields.value("reply to", "an address", MailAddress.init)
    let bounces = fields.value("bounces", "an address", MailAddress.init)
    let user = fields.text("user")?.string
    let password = SecretDecoder(findings: findings).secret(&fields, "password")
    let security = security(&fields, server)
    let certificates = fields.value("ca file", "an absolute path", absolutePath)
    let connections = fields.number("connections", in: ChannelSettings.concurrencies)
    let messages = fields.number("messages per connection", in: 1...10_000)
    if fields.lacks("user") != fields.lacks("password") {
      fields.missing(
        fields.lacks("user") ? "user" : "password", "user and password belong together")
    }
    guard let server, let from else { return nil }
    if password != nil, security == .none, !server.isHere {
      findings.warn(
        "the password goes to \(server.host) unencrypted; write `tls: starttls` or smtps://",
        at: fields.spot)
    }
    return .smtp(
      SMTPSettings(
        host: server.host, port: server.port, security: security, from: from, replyTo: replyTo,
        bounces: bounces, user: user, password: password, certificates: certificates,
        connections: connections ?? SMTPSettings.defaultConnections,
        messagesPerConnection: messages ?? SMTPSettings.defaultMessagesPerConnection))
  }

  private struct Server {
    let host: String
    let port: Int
    let isImplicit: Bool

    var isHere: Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }
  }

  /// STARTTLS is demanded unless the server is on this machine, where certificates are seldom right.
  private func security(_ fields: inout Fields, _ server: Server?) -> SMTPSettings.Security {
    let text = fields.text("tls")
    let written = text.flatMap {
      $0.value("implicit, starttls or none", SMTPSettings.Security.init)
    }
    guard let server else { return written ?? .starttls }
    if let written, let text, (written == .implicit) != server.isImplicit {
      text.refuse(
        "expected `tls` to agree with `url` (smtps:// is implicit TLS, smtp:// is not), got `\(written.rawValue)`"
      )
    }
    if server.isImplicit { return .implicit }
    return written ?? (server.isHere ? .none : .starttls)
  }

  private func server(_ text: Text) -> Server? {
    if text.string.contains("@") {
      // The value is not repeated: it probably holds a password.
      findings.error(
        "expected `url` to have no user or password in it, got an `@`; write `user:` and "
          + "`password: { credential: NAME }`", at: text.item.spot)
      return nil
    }
    return text.value("smtp:// or smtps:// with a host and perhaps a port", ChannelDecoder.server)
  }

  private static func server(_ url: String) -> Server? {
    let isImplicit = url.lowercased().hasPrefix("smtps://")
    guard isImplicit || url.lowercased().hasPrefix("smtp://") else { return nil }
    var rest = url.dropFirst(isImplicit ? 8 : 7)
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var host = String(rest)
    var port = isImplicit ? 465 : 587
    if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]"),
      !rest.hasPrefix("[") || rest.contains("]:")
    {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(number)
      else { return nil }
      host = String(rest[..<colon])
      port = number
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let isHost =
      !host.isEmpty && host.allSatisfy { $0.isLetter || $0.isNumber || "-._:%".contains($0) }
    return isHost ? Server(host: host, port: port, isImplicit: isImplicit) : nil
  }
}
