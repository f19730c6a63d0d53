#if PostgreSQL
  import KindlyCore

  /// A statement with `:name` placeholders as PostgreSQL takes it, with `$1`, `$2` ….
  ///
  /// Each place gets a number of its own, because the server gives a parameter one type, and `:today` may stand beside a
  /// date here and beside a text there. So it is read as a quoted text in the same place would be.
  struct PlaceholderSQL {
    private(set) var text = ""
    /// The names in the order of their numbers.
    private(set) var names: [String] = []

    private let sql: [UInt8]
    private var index = 0
    private var copied = 0

    init(_ sql: String) {
      self.sql = Array(sql.utf8)
      while index < self.sql.count { step() }
      copy(upTo: index)
    }

    private mutating func step() {
      switch (sql[index], peek(1)) {
      case (UInt8(ascii: "'"), _): skip(to: UInt8(ascii: "'"), escapes: isEscapeString)
      case (UInt8(ascii: "\""), _): skip(to: UInt8(ascii: "\""), escapes: false)
      case (UInt8(ascii: "-"), UInt8(ascii: "-")):
        while index < sql.count, sql[index] != UInt8(ascii: "\n") { index += 1 }
      case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipComment()
      case (UInt8(ascii: "$"), _) where !followsName: skipDollarQuote()
      case (UInt8(ascii: ":"), UInt8(ascii: ":")): index += 2
      case (UInt8(ascii: ":"), let next?) where PlaceholderSQL.isNameStart(next): takeName()
      default: index += 1
      }
    }

    private mutating func takeName() {
      var end = index + 1
      while end < sql.count, PlaceholderSQL.isNamePart(sql[end]) { end += 1 }
      copy(upTo: index)
      names.append(String(decoding: sql[(index + 1)..<end], as: UTF8.self))
      text += "$\(names.count)"
      index = end
      copied = end
    }

    private mutating func copy(upTo end: Int) {
      text += String(decoding: sql[copied..<end], as: UTF8.self)
    }

    /// A doubled quote is two strings to us, which comes to the same.
    private mutating func skip(to quote: UInt8, escapes: Bool) {
      index += 1
      while index < sql.count, sql[index] != quote {
        index += escapes && sql[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      index = min(index + 1, sql.count)
    }

    /// `$$…$$` or `$word$…$word$`, in which nothing is special; `$1` and a dollar alone are none.
    private mutating func skipDollarQuote() {
      var end = index + 1
      while end < sql.count, PlaceholderSQL.isNamePart(sql[end]) { end += 1 }
      let isTag = end < sql.count && sql[end] == UInt8(ascii: "$")
      let isNumber = end > index + 1 && !PlaceholderSQL.isNameStart(sql[index + 1])
      guard isTag, !isNumber else {
        index += 1
        return
      }
      let tag = sql[index...end]
      index = end + 1
      while index < sql.count, !sql[index...].starts(with: tag) { index += 1 }
      index = min(index + tag.count, sql.count)
    }

    /// PostgreSQL nests comments.
    private mutating func skipComment() {
      var depth = 0
      repeat {
        switch (sql[index], peek(1)) {
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
          depth += 1
          index += 2
        case (UInt8(ascii: "*"), UInt8(ascii: "/")):
          depth -= 1
          index += 2
        default: index += 1
        }
      } while depth > 0 && index < sql.count
      index = min(index, sql.count)
    }

    /// `E'…'`, in which a backslash escapes a quote.
    private var isEscapeString: Bool {
      guard index > 0, [UInt8(ascii: "E"), UInt8(ascii: "e")].contains(sql[index - 1]) else {
        return false
      }
      return index == 1 || !PlaceholderSQL.isNamePart(sql[index - 2])
    }

    /// Whether the name before goes on here: names may hold dollars.
    private var followsName: Bool {
      index > 0 && (PlaceholderSQL.isNamePart(sql[index - 1]) || sql[index - 1] > 0x7F)
    }

    private func peek(_ distance: Int) -> UInt8? {
      index + distance < sql.count ? sql[index + distance] : nil
    }

    /// A digit begins none, so that `tags[1:2]` has no placeholder.
    private static func isNameStart(_ byte: UInt8) -> Bool {
      isNamePart(byte) && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
#endif
