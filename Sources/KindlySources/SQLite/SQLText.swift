import KindlyCore

/// Writing names into SQL.
enum SQLText {
  /// An identifier in double quotes, whatever characters it has.
  static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  /// A text literal.
  static func literal(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }

  /// SQL that another person wrote, in brackets on lines of its own, so that a `--` comment at its end ends there too.
  static func bracketed(_ sql: String) -> String { "(\n\(sql)\n)" }

  /// The conditions, all of which must hold; `1` where there is none.
  static func all(_ conditions: [String]) -> String {
    conditions.isEmpty ? "1" : conditions.map(bracketed).joined(separator: " AND ")
  }
}

extension QueryClock {
  /// What a condition's placeholders are bound to.
  var parameters: [String: Value] { ["now": .text(nowText), "today": .text(todayText)] }
}
