package import Foundation

/// Where the tests' Python scripts and their interpreter are.
package enum PythonScript {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The one that `scripts/setup` made, with the packages the scripts need; else the system's.
  package static var interpreter: URL {
    let own = root.appending(path: ".venv/bin/python")
    let isThere = FileManager.default.isExecutableFile(atPath: own.path)
    return isThere ? own : URL(filePath: "/usr/bin/python3")
  }

  package static func path(of script: String) -> String {
    root.appending(path: "Tests/Support/\(script)").path
  }
}

/// Why a fixture could not be set up.
package struct FixtureFault: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
