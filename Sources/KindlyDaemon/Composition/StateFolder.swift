import Glibc
import KindlyLedger

/// The folder that holds the ledger.
enum StateFolder {
  /// Makes the folder, readable by its owner and group alone, and those above it, where they do not exist.
  static func make(_ path: String) throws {
    var made = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    let parts = path.split(separator: "/")
    for (index, part) in parts.enumerated() {
      made += part
      if mkdir(made, index == parts.count - 1 ? 0o750 : 0o755) != 0, errno != EEXIST {
        throw LedgerProblem.system("make", "the state folder \(made) (`state:` in kindly.yaml)")
      }
      made += "/"
    }
  }
}
