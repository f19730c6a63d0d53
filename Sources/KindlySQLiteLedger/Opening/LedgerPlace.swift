import CSQLite
import Foundation
import Glibc

/// Which file a ledger's database is, so that a copy can be told from it.
///
/// A file keeps its inode and its time of birth wherever it is renamed, bind-mounted or symlinked to; a copy has others,
/// however faithful it is. A copy of the whole file system has the same ones on another device. So has the same file
/// system after a restart that numbered the disks anew; the path tells these two apart.
struct LedgerPlace: Hashable, Sendable {
  /// The path without symbolic links, with newlines written as `\n`.
  var path: String
  var device: UInt64
  var inode: UInt64
  /// In nanoseconds since 1970; nil where the file system does not record it.
  var born: Int64?

  /// Whether this is the file that was recorded earlier.
  func isSameFile(as recorded: LedgerPlace) -> Bool {
    guard inode == recorded.inode else { return false }
    if let born, let before = recorded.born, born != before { return false }
    return device == recorded.device || path.utf8.elementsEqual(recorded.path.utf8)
  }
}

extension LedgerPlace {
  /// The file at a path as it is now; nil where there is none. It is not opened: that would drop SQLite's locks on it.
  init?(of file: String) {
    var status = stat()
    guard stat(file, &status) == 0 else { return nil }
    let resolved = realpath(file, nil)
    defer { free(resolved) }
    let born = kindly_birth_time(file)
    self.init(
      path: (resolved.map { String(cString: $0) } ?? file).escapingNewlines,
      device: UInt64(status.st_dev),
      inode: UInt64(status.st_ino), born: born < 0 ? nil : born)
  }

  private static let head = "file"
  private static let unknown = "unknown"

  /// One line: device, inode, birth, and last the path, which may hold blanks.
  var line: String {
    let born = born.map(String.init) ?? LedgerPlace.unknown
    return "\(LedgerPlace.head) \(device) \(inode) \(born) \(path)"
  }

  init?(line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == LedgerPlace.head, let device = UInt64(parts[1]),
      let inode = UInt64(parts[2]), parts[3] == LedgerPlace.unknown || Int64(parts[3]) != nil
    else { return nil }
    self.init(path: String(parts[4]), device: device, inode: inode, born: Int64(parts[3]))
  }
}

extension String {
  /// The text on one line, as the marker needs it.
  fileprivate var escapingNewlines: String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
  }
}
