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

  /// What a script prints that reads the given bytes; it blocks until the script ends.
  package static func output(of script: String, reading bytes: [UInt8]) throws -> Data {
    let folder = try TemporaryFolder()
    let input = URL(filePath: folder.path).appending(path: "input")
    try Data(bytes).write(to: input)
    let process = Process()
    process.executableURL = interpreter
    process.arguments = [path(of: script)]
    process.standardInput = try FileHandle(forReadingFrom: input)
    let output = Pipe()
    let complaints = URL(filePath: folder.path).appending(path: "stderr")
    try Data().write(to: complaints)
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: complaints)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw FixtureFault("\(script): \(try String(contentsOf: complaints, encoding: .utf8))")
    }
    return data
  }
}

/// Why a fixture could not be set up.
package struct FixtureFault: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
