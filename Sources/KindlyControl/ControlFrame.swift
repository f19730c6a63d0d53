import Foundation

/// One line on the socket: a JSON object with the protocol's version and its load.
struct ControlFrame<Load: Codable & Sendable>: Codable, Sendable {
  let version: Int
  let load: Load

  init(_ load: Load) {
    version = controlVersion
    self.load = load
  }
}

/// Raised when an older command or daemon would misread what a newer one writes.
let controlVersion = 1

/// Lines of the protocol as bytes.
enum ControlLine {
  /// The load as one line, newline included.
  static func encode<Load: Codable & Sendable>(_ load: Load) throws(ControlError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(ControlFrame(load))) + [UInt8(ascii: "\n")]
    } catch {
      throw .notUnderstood("the request cannot be written as JSON: \(error)")
    }
  }

  /// The load of a line without its newline; a line of another version is refused before its load is looked at.
  static func decode<Load: Codable & Sendable>(
    _ type: Load.Type, from line: [UInt8]
  ) throws(ControlError) -> Load {
    let version: Int
    do {
      version = try JSONDecoder().decode(Version.self, from: Data(line)).version
    } catch {
      throw .notUnderstood("expected a line of JSON with `version` and `load`, got something else")
    }
    guard version == controlVersion else {
      throw .notUnderstood(
        "expected version \(controlVersion) of the control protocol, got \(version): command and daemon are of "
          + "different releases; restart the daemon after an upgrade")
    }
    do {
      return try JSONDecoder().decode(ControlFrame<Load>.self, from: Data(line)).load
    } catch {
      // The decoder's error can hold what was sent, and that may name a customer.
      throw .notUnderstood(
        "expected a request or reply of version \(controlVersion), got one this release does not know"
      )
    }
  }

  private struct Version: Decodable {
    let version: Int
  }
}
