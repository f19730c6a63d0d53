import Glibc
import KindlyCore

/// The folder that holds the ledger.
enum StateFolder {
  private static let mode: mode_t = 0o750

  /// Makes the folder, readable by its owner and group alone, and those above it, where they do not exist.
  static func make(_ path: String) throws {
    var made = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part
      if mkdir(made, mode) == 0 {
        // mkdir(2) applies the umask, but the group must be able to read.
        chmod(made, mode)
      } else if errno != EEXIST {
        throw LedgerProblem.system("make", "the state folder \(made) (`state:` in kindly.yaml)")
      }
      made += "/"
    }
  }
}
