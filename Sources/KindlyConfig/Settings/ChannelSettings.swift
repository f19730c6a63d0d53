package import KindlyCore

/// A configured channel: its type with the settings of that type, and the settings common to all types.
package struct ChannelSettings: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case smtp(SMTPSettings)
    /// The sender is another mail channel's where it has none of its own.
    case maildir(path: String, from: MailAddress?)
    /// Into kindly's own ledger, to be read with `kindly inbox`.
    case inbox
    case exec(ExecSettings)
  }

  /// What the channel says about quiet hours.
  package enum QuietHours: Hashable, Sendable {
    /// The configuration's own hold.
    case inherited
    case none
    case window(DailyWindow)

    package var window: DailyWindow? {
      if case .window(let window) = self { window } else { nil }
    }
  }

  package let name: String
  package let kind: Kind
  /// How many hand-overs run at once.
  package let concurrency: Int
  package let rate: Rate?
  package let quietHours: QuietHours
  package let place: Place

  package init(
    name: String, kind: Kind, concurrency: Int, rate: Rate? = nil,
    quietHours: QuietHours = .inherited,
    place: Place = .unknown
  ) {
    self.name = name
    self.kind = kind
    self.concurrency = concurrency
    self.rate = rate
    self.quietHours = quietHours
    self.place = place
  }

  /// Which of the customer's addresses it needs.
  package var address: ChannelTraits.AddressKind {
    switch kind {
    case .smtp, .maildir: .email
    case .inbox: .key
    case .exec(let settings): settings.address
    }
  }

  /// A server sees each as a connection; more than these, and most servers refuse.
  package static let concurrencies = 1...256
}

extension ChannelSettings.Kind {
  /// The sender of its mail, if it has one.
  package var from: MailAddress? {
    switch self {
    case .smtp(let settings): settings.from
    case .maildir(_, let from): from
    case .inbox, .exec: nil
    }
  }

  /// The type as the configuration writes it.
  package var word: String {
    switch self {
    case .smtp: "smtp"
    case .maildir: "maildir"
    case .inbox: "inbox"
    case .exec: "exec"
    }
  }

  /// How many hand-overs run at once where nothing is said.
  package var defaultConcurrency: Int {
    switch self {
    case .smtp(let settings): settings.connections
    // Files and rows wait for the disk, not for a network.
    case .maildir, .inbox: 2
    // A process each; a small machine starts no more at once without a person asking for it.
    case .exec: 4
    }
  }
}

/// A mail server and how to speak to it.
package struct SMTPSettings: Hashable, Sendable {
  package enum Security: String, Hashable, Sendable, CaseIterable {
    /// TLS from the first byte: `smtps://`.
    case implicit
    /// STARTTLS, and nothing is sent without it.
    case starttls
    /// No encryption; for a relay on the same machine or a trusted network.
    case none
  }

  package let host: String
  package let port: Int
  package let security: Security
  package let from: MailAddress
  package let replyTo: MailAddress?
  /// Where bounces go; the envelope's sender. Nil means the sender's own address.
  package let bounces: MailAddress?
  package let user: String?
  package let password: SecretReference?
  /// A file of certificates to trust instead of the system's.
  package let certificates: String?
  package let connections: Int
  package let messagesPerConnection: Int

  package init(
    host: String, port: Int, security: Security, from: MailAddress, replyTo: MailAddress? = nil,
    bounces: MailAddress? = nil, user: String? = nil, password: SecretReference? = nil,
    certificates: String? = nil, connections: Int = SMTPSettings.defaultConnections,
    messagesPerConnection: Int = SMTPSettings.defaultMessagesPerConnection
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.from = from
    self.replyTo = replyTo
    self.bounces = bounces
    self.user = user
    self.password = password
    self.certificates = certificates
    self.connections = connections
    self.messagesPerConnection = messagesPerConnection
  }

  /// As libcurl takes it: `smtp://relay.example.com:587`.
  package var url: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return (security == .implicit ? "smtps" : "smtp") + "://\(shown):\(port)"
  }

  /// Enough for a few hundred mails a second with a near server, and few enough for any.
  package static let defaultConnections = 8
  /// Postfix and Exchange end a connection after a hundred or more.
  package static let defaultMessagesPerConnection = 100
}

/// A program that is given the message as JSON on its standard input.
package struct ExecSettings: Hashable, Sendable {
  /// The program and its arguments; a command written as one text is run by `/bin/sh -c`.
  package let command: [String]
  /// The time limit after which the program's process group is killed.
  package let timeout: Duration
  /// Whether it makes something ring, so that quiet hours hold it.
  package let rings: Bool
  /// Which of the customer's addresses it is given.
  package let address: ChannelTraits.AddressKind

  package init(
    command: [String], timeout: Duration = ExecSettings.defaultTimeout, rings: Bool = false,
    address: ChannelTraits.AddressKind = .email
  ) {
    self.command = command
    self.timeout = timeout
    self.rings = rings
    self.address = address
  }

  package static let defaultTimeout = Duration.seconds(30)
  /// A program that needs longer would hold a reminder past its lease.
  package static let timeouts = Duration.seconds(1)...Duration.minutes(10)
}
