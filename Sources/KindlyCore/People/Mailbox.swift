/// A mail address with the name that mail programs show for it: `Example <care@example.com>`.
package struct Mailbox: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let address: EmailAddress

  package init(name: String, address: EmailAddress) {
    self.name = name
    self.address = address
  }

  /// A mailbox as configuration writes it: `Example <care@example.com>`, or the bare address. The error says why the
  /// text is not a mailbox.
  ///
  /// Control characters are refused, so that nothing read from here can add a header or a command.
  package init(_ text: String) throws(UnfitDelivery) {
    let scalars = text.trimmed.unicodeScalars
    guard scalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw UnfitDelivery(.address, "the mailbox holds a control character")
    }
    var name = "".unicodeScalars[...]
    var address = scalars[...]
    if scalars.last == ">", let open = scalars.lastIndex(of: "<") {
      name = Substring(String(scalars[..<open]).trimmed).unicodeScalars
      address = scalars[scalars.index(after: open)...].dropLast()
    }
    if name.count >= 2, name.first == "\"", name.last == "\"" {
      name = name.dropFirst().dropLast()
    }
    self.init(name: String(name), address: try EmailAddress(String(address)))
  }

  package var description: String { name.isEmpty ? address.description : "\(name) <\(address)>" }
}
