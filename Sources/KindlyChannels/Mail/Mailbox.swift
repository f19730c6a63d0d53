import KindlyCore
package import KindlyTransport

/// An address with the name that mail programs show for it.
package struct Mailbox: Hashable, Sendable {
  package let name: String
  package let address: EmailAddress

  package init(name: String, address: EmailAddress) {
    self.name = name
    self.address = address
  }

  /// A mailbox as configuration writes it: `Example <care@example.com>` or the bare address.
  package init(_ text: String, key: String) throws(UnfitSettings) {
    let trimmed = HeaderText.neutral(text)
    var name = ""
    var address = trimmed
    if trimmed.hasSuffix(">"), let open = trimmed.lastIndex(of: "<") {
      name = HeaderText.neutral(String(trimmed[..<open]))
      address = String(trimmed[trimmed.index(after: open)...].dropLast())
    }
    if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
      name = String(name.dropFirst().dropLast())
    }
    do throws(UnfitDelivery) {
      self.init(name: name, address: try EmailAddress(address))
    } catch {
      throw UnfitSettings(
        key, "expected `\(key)` to be an address such as Example <care@example.com>: \(error)")
    }
  }
}
