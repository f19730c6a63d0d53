import KindlyCore

extension Triage {
  /// Whether a recipient has a usable address for a channel, and whose server answers for it.
  enum Address {
    case usable(String, destination: ExactText?)
    case missing
    case invalid(InvalidAddress)
    case suppressed
  }

  func findAddress(
    of recipient: Person, for outlet: Outlet, suppressed: Set<ExactText>
  ) -> Address {
    let channel = outlet.channel
    guard let address = recipient.address(of: channel.traits.address) else { return .missing }
    let destination: ExactText?
    do throws(UnfitDelivery) {
      destination = channel.traits.address.destination(of: try channel.recipient(of: address))
    } catch {
      return .invalid(
        InvalidAddress(
          recipient, column: generation.column(of: channel.traits.address, of: recipient),
          fault: error.description))
    }
    let spellings = recipient.spellings(of: channel.traits.address)
    return spellings.contains { suppressed.contains($0) }
      ? .suppressed : .usable(address, destination: destination)
  }
}
