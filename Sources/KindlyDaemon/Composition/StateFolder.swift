import Foundation

/// The folder that holds the ledger.
enum StateFolder {
  /// Why the folder cannot be made.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// Makes the folder, readable by its owner and group alone, where it does not exist.
  static func make(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    } catch {
      throw Problem(
        description: """
          cannot make the state folder \(path): \(error.localizedDescription); check `state:` in kindly.yaml and who owns \
          the folder above
          """)
    }
  }
}
