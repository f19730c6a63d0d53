import KindlyCore

/// The locations of a configuration's ledger and socket, read from a kindly.yaml that may have errors elsewhere.
///
/// Only the top-level lines `state:`, `socket:` and `delivery:` are read, so that nothing else in the file matters.
package struct Whereabouts: Hashable, Sendable {
  package let stateDirectory: String
  package let socket: String
  /// Nil where the line does not name a mode.
  package let delivery: DeliveryMode?

  /// The locations given by a folder's configuration.
  ///
  /// Nil if there is no kindly.yaml to read. A folder other than the standard one must never fall back to the defaults,
  /// or a mistake in `--config` would reach the wrong daemon.
  package init?(folder: String) {
    let folders = ConfigurationLoader.folders(of: folder)
    let main = FolderReader(folders: folders, findings: Findings()).files().first
    guard let main, main.path.hasSuffix("/kindly.yaml") else {
      guard folders == ConfigurationLoader.standardFolders else { return nil }
      self.init(text: "")
      return
    }
    self.init(text: main.text)
  }

  /// The locations in an archived configuration; of its files, only kindly.yaml can have these keys.
  package init(archive: String) { self.init(text: archive) }

  /// The locations of a configuration that was loaded.
  package init(_ configuration: Configuration) {
    stateDirectory = configuration.stateDirectory
    socket = configuration.socket
    delivery = configuration.delivery
  }

  /// The places that a text of kindly.yaml names.
  init(text: String) {
    let file = SourceFile(path: "", text: text)
    func value(_ key: String) -> String? {
      file.lines.lazy.compactMap { Whereabouts.value(of: key, in: $0) }.first
    }
    func path(_ key: String) -> String? {
      value(key).flatMap { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
    }
    stateDirectory = path("state") ?? Configuration.defaultState
    socket = path("socket") ?? Configuration.defaultSocket
    let mode = value("delivery")
    delivery = mode == nil ? .rehearsal : mode.flatMap { DeliveryMode($0) }
  }

  /// The value of `key: value` at the beginning of a line, without quotes and without a comment behind it.
  private static func value(of key: String, in line: [Unicode.Scalar]) -> String? {
    let head = Array((key + ":").unicodeScalars)
    guard line.starts(with: head) else { return nil }
    let rest = line.dropFirst(head.count).drop { $0 == " " || $0 == "\t" }
    guard let quote = rest.first, quote == "\"" || quote == "'" else {
      let end = rest.indices.first {
        rest[$0] == "#" && ($0 == rest.startIndex || rest[$0 - 1] == " ")
      }
      let value = rest[..<(end ?? rest.endIndex)]
      return SourceFile.string(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    return SourceFile.string(rest.dropFirst().prefix { $0 != quote })
  }
}

extension Configuration {
  /// A configuration with only the locations: what is left to a verb if no file can be read and none is archived.
  package init(_ whereabouts: Whereabouts) {
    self.init(
      timezone: .utc, language: nil, defaultTime: Configuration.standardTime,
      delivery: whereabouts.delivery ?? .live, hours: .none, sources: [], watches: [],
      customers: nil, segments: [], lists: [], colleagues: nil, teams: [],
      taskOutcomes: TaskOutcome.standard, channels: [], attachmentFolders: [],
      rules: [], mailbox: nil,
      workdays: .weekends,
      logLevel: nil,
      stateDirectory: whereabouts.stateDirectory,
      socket: whereabouts.socket, folders: [], archive: "", hash: ContentHash.of(""), warnings: [])
  }
}
