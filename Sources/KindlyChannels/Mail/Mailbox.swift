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
    let scalars = HeaderText.neutral(text).unicodeScalars
    var name = "".unicodeScalars[...]
    var address = scalars[...]
    if scalars.last == ">", let open = scalars.lastIndex(of: "<") {
      name = Substring(HeaderText.neutral(String(scalars[..<open]))).unicodeScalars
      address = scalars[scalars.index(after: open)...].dropLast()
    }
    if name.count >= 2, name.first == "\"", name.last == "\"" {
      name = name.dropFirst().dropLast()
    }
    do throws(UnfitDelivery) {
      self.init(name: String(name), address: try EmailAddress(String(address)))
    } catch {
      throw UnfitSettings(
        key, "expected `\(key)` to be an address such as Example <care@example.com>: \(error)")
    }
  }
}
