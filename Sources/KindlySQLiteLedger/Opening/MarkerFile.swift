import Glibc
import KindlyCore
import Synchronization

/// The marker on the disk. It is replaced durably at each start; after each commit its count is updated in place.
///
/// The count is not flushed. A commit is durable before the marker repeats it, so after a power failure the marker can
/// only be behind, which does not disarm the ledger.
final class MarkerFile: Sendable {
  private let path: String
  /// The marker as it was last written here, open for its count; nil before.
  private let counted = Mutex<Counted?>(nil)

  private struct Counted {
    let descriptor: Int32
    /// Where the count begins, in bytes.
    let offset: off_t
  }

  init(_ path: String) { self.path = path }

  deinit { counted.withLock { MarkerFile.close(&$0) } }

  /// Replaces the marker durably: written beside it, flushed, renamed, and the folder flushed.
  func write(_ marker: InstanceMarker) throws {
    let text = marker.text
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw problem("open") }
    do {
      // A disk that is full takes a part of the text and sets no error.
      errno = ENOSPC
      guard MarkerFile.put(text, at: 0, in: descriptor), fsync(descriptor) == 0 else {
        throw problem("write")
      }
      guard rename(draft, path) == 0 else { throw problem("rename") }
      try flushFolder()
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    let count = InstanceMarker.line(of: marker.commits).utf8.count + 1
    counted.withLock { counted in
      MarkerFile.close(&counted)
      counted = Counted(descriptor: descriptor, offset: off_t(text.utf8.count - count))
    }
  }

  /// Writes the ledger's count over the marker's.
  func count(_ commits: Int64) {
    counted.withLock { counted in
      guard let counted else { return }
      // Losing the error is right: a marker that is behind disarms nothing, and the next commit writes it again.
      _ = MarkerFile.put(
        InstanceMarker.line(of: commits), at: counted.offset, in: counted.descriptor)
    }
  }

  private static func close(_ counted: inout Counted?) {
    if let open = counted { Glibc.close(open.descriptor) }
    counted = nil
  }

  private static func put(_ text: String, at offset: off_t, in descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, offset) == $0.count }
  }

  private func flushFolder() throws {
    let descriptor = open(LedgerFiles.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem("open the folder of") }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw problem("flush the folder of") }
  }

  private func problem(_ verb: String) -> LedgerProblem {
    LedgerProblem.system(verb, "the ledger's instance marker \(path)")
  }
}
