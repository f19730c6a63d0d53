import KindlyCore

/// A mail address, with the name that is shown beside it: `Example <care@example.com>`.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  /// The bare address.
  package let address: String

  /// An address from `care@example.com` or `Name <care@example.com>`, or nil where it is malformed.
  ///
  /// Control characters are refused, so that nothing read from here can add a header or a command.
  package init?(_ text: String) {
    let controls = text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    guard !controls else { return nil }
    var name = ""
    var address = text.trimmed
    if let open = address.lastIndex(of: "<") {
      guard address.last == ">" else { return nil }
      name = address[..<open].trimmed
      address = String(address[address.index(after: open)...].dropLast())
      if name.count >= 2, name.first == "\"", name.last == "\"" {
        name = String(name.dropFirst().dropLast())
      }
    }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), address.count <= MailAddress.longest,
      !address.contains(where: { $0.isWhitespace || "<>\",;:()[]\\".contains($0) })
    else { return nil }
    self.name = name
    self.address = address
  }

  /// RFC 5321 4.5.3.1.3: a path is at most 256 octets, brackets included.
  private static let longest = 254

  package var description: String { name.isEmpty ? address : "\(name) <\(address)>" }
}
