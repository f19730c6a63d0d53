import Glibc
import Logging

/// One log line as the journal's fields, in the order in which they are sent.
///
/// See systemd.journal-fields(7).
struct JournalFields {
  private(set) var entries: [(name: String, value: String)] = []

  /// The name under which `journalctl -t` and syslog know us.
  static let identifier = "kindly"

  /// The metadata key whose value, 32 hex digits, leads to an entry of the message catalogue.
  static let messageID = "message_id"

  /// Longest name of a field that the journal takes.
  private static let longestName = 64

  init(_ event: LogEvent, metadata: Logger.Metadata) {
    append("MESSAGE", event.message.description)
    append("PRIORITY", String(SyslogPriority(event.level).rawValue))
    append("SYSLOG_IDENTIFIER", Self.identifier)
    append("CODE_FILE", event.file)
    append("CODE_LINE", String(event.line))
    append("CODE_FUNC", event.function)
    if let error = event.error { append("KINDLY_ERROR", "\(error)") }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      append(key == Self.messageID ? "MESSAGE_ID" : Self.name(for: key), value.description)
    }
  }

  private mutating func append(_ name: String, _ value: String) {
    entries.append((name, value))
  }

  /// `rule` becomes `KINDLY_RULE`; what a field's name cannot hold becomes an underscore.
  static func name(for key: String) -> String {
    let allowed = key.uppercased().utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }
    return String(("KINDLY_" + String(decoding: allowed, as: UTF8.self)).prefix(longestName))
  }
}
