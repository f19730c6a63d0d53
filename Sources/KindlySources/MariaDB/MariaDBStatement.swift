#if MariaDB
  import KindlyCore

  /// A statement with `:name` placeholders, which literals take the place of.
  ///
  /// The literals are those of the session's own settings: UTF-8, and a backslash that is a character like others, so that
  /// a doubled quote is all that a text needs.
  struct MariaDBStatement: Sendable {
    /// The text before each name, and behind the last one.
    private var pieces: [String] = []
    private var names: [String] = []

    private let sql: [UInt8]
    private var index = 0
    private var copied = 0

    init(_ sql: String) {
      self.sql = Array(sql.utf8)
      while index < self.sql.count { step() }
      pieces.append(copy(upTo: index))
    }

    func text(_ parameters: [String: Value]) throws(MariaDBFailure) -> String {
      var text = pieces[0]
      for (index, name) in names.enumerated() {
        guard let value = parameters[name] else { throw .placeholder(":\(name)") }
        // The space keeps a text behind it from being a part of this one.
        text += MariaDBStatement.literal(value) + " " + pieces[index + 1]
      }
      return text
    }

    private static func literal(_ value: Value) -> String {
      switch value {
      case .null, .blob: "NULL"
      // In brackets, because two minus signs could begin a comment.
      case .integer(let number): number < 0 ? "(\(number))" : "\(number)"
      case .real(let number): number.isFinite ? "(\(number))" : "NULL"
      case .text(let text): KindlySources.literal(text)
      }
    }

    // MARK: Scanning

    private mutating func step() {
      switch (sql[index], peek(1)) {
      case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _), (UInt8(ascii: "`"), _):
        skip(behind: [sql[index]])
      case (UInt8(ascii: "#"), _): skip(behind: [UInt8(ascii: "\n")])
      case (UInt8(ascii: "-"), UInt8(ascii: "-")) where isBlank(peek(2)):
        skip(behind: [UInt8(ascii: "\n")])
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        index += 1
        skip(behind: [UInt8(ascii: "*"), UInt8(ascii: "/")])
      case (UInt8(ascii: ":"), let next?) where isNamePart(next): takeName()
      default: index += 1
      }
    }

    private mutating func takeName() {
      var end = index + 1
      while end < sql.count, isNamePart(sql[end]) { end += 1 }
      pieces.append(copy(upTo: index))
      names.append(String(decoding: sql[(index + 1)..<end], as: UTF8.self))
      index = end
      copied = end
    }

    private func copy(upTo end: Int) -> String {
      String(decoding: sql[copied..<end], as: UTF8.self)
    }

    /// Goes on behind the next `end`; a doubled quote is two strings to us, which comes to the same.
    private mutating func skip(behind end: [UInt8]) {
      index += 1
      while index < sql.count, !sql[index...].starts(with: end) { index += 1 }
      index = min(index + end.count, sql.count)
    }

    private func peek(_ distance: Int) -> UInt8? {
      index + distance < sql.count ? sql[index + distance] : nil
    }

    /// Two minus signs begin a comment only before a space or the like.
    private func isBlank(_ byte: UInt8?) -> Bool { byte.map { $0 <= UInt8(ascii: " ") } ?? true }

    private func isNamePart(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
#endif
