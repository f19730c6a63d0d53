import KindlyConfig

/// The right side of the Message-IDs that a company sends: the domain it sends from.
enum MessageDomain {
  static func of(_ configuration: Configuration) -> String {
    for channel in configuration.channels {
      if case .smtp(let smtp) = channel.kind,
        let domain = smtp.from.address.split(separator: "@").last
      {
        return String(domain)
      }
    }
    return "kindly.invalid"
  }
}
