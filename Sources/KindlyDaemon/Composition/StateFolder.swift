import Foundation
import KindlyLedger

/// The folder that holds the ledger.
enum StateFolder {
  /// Makes the folder, readable by its owner and group alone, where it does not exist.
  static func make(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    } catch {
      throw LedgerProblem(
        .unreadable, "cannot make the state folder \(path): \(error.localizedDescription)",
        hint: "check `state:` in kindly.yaml and who owns the folder above")
    }
  }
}
