import KindlyConfig

/// The right side of the Message-IDs that a company sends: the domain it sends from.
enum MessageDomain {
  static func of(_ configuration: Configuration) -> String {
    let sender = configuration.channels.compactMap(\.kind.from).first
    return sender?.address.split(separator: "@").last.map(String.init) ?? "kindly.invalid"
  }
}
