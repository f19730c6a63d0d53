import KindlyCore

/// What becomes of the messages.
package enum DeliveryMode: Hashable, Sendable, CustomStringConvertible {
  /// Everything runs, with a ledger of its own, into a maildir: what a fresh installation starts with.
  case rehearsal
  /// All mail goes to one address; what goes by other ways than mail goes into the maildir of a rehearsal.
  case redirect(to: String)
  case live

  /// A mode from `rehearsal`, `redirect to ops@example.com` or `live`.
  package init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    switch words.first {
    case "rehearsal" where words.count == 1: self = .rehearsal
    case "live" where words.count == 1: self = .live
    case "redirect" where words.count == 3 && words[1] == "to":
      // Losing the reason is right: the message says what an address looks like.
      guard let mailbox = try? Mailbox(words[2]) else { return nil }
      self = .redirect(to: mailbox.address.description)
    default: return nil
    }
  }

  package var isLive: Bool { self == .live }

  package var description: String {
    switch self {
    case .rehearsal: "rehearsal"
    case .redirect(let address): "redirect to \(address)"
    case .live: "live"
    }
  }
}
