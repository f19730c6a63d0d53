import Foundation

/// A folder that is removed with everything in it when its owner lets it go.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init(_ name: String = "kindly") throws {
    path = FileManager.default.temporaryDirectory.path + "/\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Writes a file in it, with the folders on its way.
  package func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  deinit {
    // A folder that cannot be removed is the system's to clean; no test depends on it.
    try? FileManager.default.removeItem(atPath: path)
  }
}
