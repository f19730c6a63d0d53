import Foundation
import Glibc

/// The folder that the demo makes and leaves behind.
struct DemoFolder {
  let path: String

  var database: String { path + "/crm.db" }
  var socket: String { path + "/control.sock" }
  var log: String { path + "/kindly.log" }

  /// The kernel's limit for a socket's path (unix(7)), less the name behind the folder.
  private static let longest = 107 - "/control.sock".utf8.count

  /// A folder of a person's choice, which must be new or empty; without one, a new one under the temporary folder.
  init(choosing chosen: String?) throws {
    guard let chosen else {
      path = try DemoFolder.temporary()
      return
    }
    path = URL(fileURLWithPath: chosen).standardizedFileURL.path
    try DemoFolder.check(path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard try FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
      throw DemoProblem("the folder \(path) is not empty; name one that is new or empty")
    }
  }

  /// Checks that a path works in YAML, in a URL and on a command line, and leaves room for the socket's name.
  private static func check(_ path: String) throws {
    let isPlain = path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
        || "/._-+".unicodeScalars.contains($0)
    }
    guard isPlain else {
      throw DemoProblem(
        "expected the folder's path to have only letters, digits and / . _ - + in it, got \(path)")
    }
    guard path.utf8.count <= DemoFolder.longest else {
      throw DemoProblem(
        """
        expected the folder's path to have at most \(DemoFolder.longest) bytes, so that the path of the control socket \
        in it fits, got \(path.utf8.count); name a shorter one
        """)
    }
  }

  private static func temporary() throws -> String {
    let folder = FileManager.default.temporaryDirectory.standardizedFileURL.path
    let pattern = folder + "/kindly-demo-XXXXXX"
    try check(pattern)
    var template = Array(pattern.utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DemoProblem("cannot make a folder in \(folder): \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes the configuration, rules and letters.
  func writeConfiguration(zone: String, port: UInt16) throws {
    try write(DemoRules.main(folder: path, zone: zone, port: port), to: "kindly.yaml")
    // The stand-in accepts any.
    for name in ["twilio", "wechat"] {
      try write("demo\n", to: "secrets/" + name)
      chmod("\(path)/secrets/\(name)", 0o600)
    }
    for (name, text) in DemoRules.files { try write(text, to: "rules.d/" + name) }
    for (name, text) in DemoLetters.files { try write(text, to: "templates/" + name) }
  }

  private func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// A file for the daemon's log lines.
  func openLog() throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: log))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: log))
  }

  /// The last lines of the daemon's log, for when it ended before its time.
  var lastLogLines: String {
    // A log that cannot be read has nothing to add to the problem that is being told.
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(8).joined(separator: "\n")
  }
}
