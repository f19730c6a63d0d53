import KindlyConfig
import KindlyCore

/// The right side of the Message-IDs that a company sends: the domain it sends from.
enum MessageDomain {
  static func of(_ configuration: Configuration) -> String {
    let sender = configuration.channels.compactMap(\.type.sender).first
    return sender?.address.domain ?? "kindly.invalid"
  }
}
