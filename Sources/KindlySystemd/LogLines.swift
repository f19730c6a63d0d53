import KindlyCore
import Logging

/// One log line as text for stderr, where there are no fields.
struct LogLines {
  /// The message and, in brackets, what would be fields in the journal.
  private let text: String
  private let level: Logger.Level

  init(_ event: LogEvent, metadata: Logger.Metadata) {
    var shown = metadata.sorted { $0.key < $1.key }
      .filter { $0.key != JournalFields.messageID }
      .map { "\($0.key)=\($0.value)" }
    if let error = event.error { shown.append("error=\(error)") }
    let message = event.message.description
    text = shown.isEmpty ? message : "\(message) [\(shown.joined(separator: " "))]"
    level = event.level
  }

  /// For a supervisor: each line carries the priority, because each is read alone (sd-daemon(3)).
  var prefixed: String {
    let prefix = "<\(SyslogPriority(level).rawValue)>"
    return lines.map { prefix + $0 + "\n" }.joined()
  }

  /// For a person: the time, the level where it matters, further lines indented under the first.
  func timed(_ time: String) -> String {
    let head = time + " " + Self.word(for: level)
    return head + lines.joined(separator: "\n         ") + "\n"
  }

  private var lines: [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static func word(for level: Logger.Level) -> String {
    switch level {
    case .trace, .debug: "debug: "
    case .info, .notice: ""
    case .warning: "warning: "
    case .error, .critical: "error: "
    }
  }
}
