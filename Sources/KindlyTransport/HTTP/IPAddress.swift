import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable {
  /// Four bytes, or sixteen.
  package let bytes: [UInt8]

  /// The address of a socket, as the kernel keeps it; nil for any other family.
  init?(socketAddress: UnsafeRawBufferPointer) {
    guard socketAddress.count >= MemoryLayout<sa_family_t>.size else { return nil }
    let family = Int32(socketAddress.loadUnaligned(as: sa_family_t.self))
    let place: (offset: Int?, size: Int)
    switch family {
    case AF_INET: place = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
    case AF_INET6: place = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
    default: return nil
    }
    guard let offset = place.offset, socketAddress.count >= offset + place.size else { return nil }
    bytes = Array(socketAddress[offset..<offset + place.size])
  }

  /// The address that a text such as `10.0.0.1` or `fd00::1` spells; nil for a name.
  package init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      bytes = withUnsafeBytes(of: six) { Array($0) }
    } else {
      return nil
    }
  }

  /// Whether the whole internet can reach it: not a private, loopback, link-local, shared, documentation or multicast
  /// address, nor an IPv6 address that leads to such an IPv4 address.
  ///
  /// Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890).
  package var isPublic: Bool {
    if bytes.count == 4 { return !IPAddress.reserved4.contains { $0.holds(bytes) } }
    for network in IPAddress.embedding where network.block.holds(bytes) {
      let inner = Array(bytes[network.at..<network.at + 4])
      return !IPAddress.reserved4.contains { $0.holds(inner) }
    }
    // Everything outside of 2000::/3 is special, or not assigned.
    return Block([0x20], 3).holds(bytes) && !IPAddress.reserved6.contains { $0.holds(bytes) }
  }

  /// A network: its first bytes, and how many bits of them count.
  private struct Block {
    let start: [UInt8]
    let bits: Int

    init(_ start: [UInt8], _ bits: Int) {
      self.start = start
      self.bits = bits
    }

    func holds(_ address: [UInt8]) -> Bool {
      let whole = bits / 8
      guard address.starts(with: start.prefix(whole)) else { return false }
      guard bits % 8 > 0 else { return true }
      let mask = UInt8.max << (8 - bits % 8)
      return address[whole] & mask == start[whole] & mask
    }
  }

  private static let reserved4 = [
    Block([0], 8), Block([10], 8), Block([100, 64], 10), Block([127], 8), Block([169, 254], 16),
    Block([172, 16], 12), Block([192, 0, 0], 24), Block([192, 0, 2], 24), Block([192, 88, 99], 24),
    Block([192, 168], 16), Block([198, 18], 15), Block([198, 51, 100], 24),
    Block([203, 0, 113], 24), Block([224], 4), Block([240], 4),
  ]

  private static let reserved6 = [
    Block([0x20, 0x01, 0x00], 23), Block([0x20, 0x01, 0x0D, 0xB8], 32),
    Block([0x3F, 0xFF, 0x00], 20),
  ]

  /// Networks whose addresses hold an IPv4 address, and where: mapped (RFC 4291), NAT64 (RFC 6052) and 6to4 (RFC 3056).
  private static let embedding: [(block: Block, at: Int)] = [
    (Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96), 12),
    (Block([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96), 12),
    (Block([0x20, 0x02], 16), 2),
  ]
}

extension IPAddress: CustomStringConvertible {
  /// The address in the usual spelling.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    let isSpelled = bytes.withUnsafeBytes {
      inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) != nil
    }
    return isSpelled
      ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "?"
  }
}
