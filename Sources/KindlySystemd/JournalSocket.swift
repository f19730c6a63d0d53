import CSystemd
import Glibc

/// The journal's own socket, which takes fields of any bytes.
enum JournalSocket {
  /// Sends one entry; false where no journal takes it, so that the caller can write it elsewhere.
  ///
  /// libsystemd counts a machine without the socket's file as success; `LogDestination` never leads there.
  static func send(_ fields: JournalFields) -> Bool {
    let buffers = fields.entries.map { Array("\($0.name)=\($0.value)".utf8) }
    return withVectors(of: buffers) { vectors in
      sd_journal_sendv(vectors.baseAddress, Int32(vectors.count)) == 0
    }
  }

  /// Lays all buffers into one block of memory, so that every vector points into memory that stays put.
  private static func withVectors(
    of buffers: [[UInt8]], _ body: (UnsafeBufferPointer<iovec>) -> Bool
  ) -> Bool {
    var joined = Array(buffers.joined())
    return joined.withUnsafeMutableBytes { memory in
      // Every buffer holds at least the `=` of its field, so the memory is never empty.
      guard var position = memory.baseAddress else { return false }
      var vectors: [iovec] = []
      for buffer in buffers {
        vectors.append(iovec(iov_base: position, iov_len: buffer.count))
        position += buffer.count
      }
      return vectors.withUnsafeBufferPointer(body)
    }
  }
}
