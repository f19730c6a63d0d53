#if MariaDB
  import KindlyCore

  /// SQL as MariaDB 10.6 and MySQL 8.0.21 and later read it, in a session with ANSI_QUOTES and NO_BACKSLASH_ESCAPES.
  enum MariaDBDialect: SQLDialect {
    typealias ColumnType = MariaDBType

    static let grammar = SQLGrammar(
      hasBackquotes: true, hasHashComments: true, wantsBlankAfterDashes: true)

    static let always = "TRUE"

    /// MariaDB has no LATERAL.
    static let seesOutside = false

    static func quoted(_ name: String) -> String { "`" + name.doubling("`") + "`" }

    /// A dot stands between database and table.
    static func table(_ name: String) -> String {
      let (database, table) = parts(of: name)
      return (database.map { quoted($0) + "." } ?? "") + quoted(table)
    }

    static func parts(of name: String) -> (database: String?, table: String) {
      guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return (nil, name) }
      return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    /// An index has the column's own collation, so another order needs another column.
    static func index(on name: String, _ names: [String], _ columns: [String]) -> String {
      let index = quoted(([parts(of: name).table] + names).joined(separator: "_"))
      let list = names.map(quoted).joined(separator: ", ")
      let collation =
        columns == names.map(quoted) ? "" : ", on a text column with COLLATE utf8mb4_bin"
      return "CREATE INDEX \(index) ON \(table(name)) (\(list))\(collation)"
    }

    /// The word at the end makes 1 or 0 of a condition that is another number.
    static func all(_ conditions: [String]) -> String {
      (conditions.map(bracketed) + [always]).joined(separator: " AND ")
    }

    // MARK: The order of SortKey

    /// Texts by their bytes in UTF-8; the collations that do so differ from server to server.
    static func ordered(_ name: String, _ type: MariaDBType) -> String {
      switch type.kind {
      case .text, .other:
        type.isBytewise ? name : "CAST(CONVERT(\(name) USING utf8mb4) AS BINARY)"
      case .bit: "(\(name) + 0)"
      case .integer, .real, .decimal, .date, .datetime, .instant, .blob: name
      }
    }

    static func sorted(_ quoted: String, _ type: MariaDBType) -> String { ordered(quoted, type) }

    static func place(_ parameter: String, _ type: MariaDBType) -> String {
      switch type.kind {
      case .text, .other: type.isBytewise ? parameter : "CAST(\(parameter) AS BINARY)"
      // What is larger than a signed number is a text, which would be compared as a fraction.
      case .integer: type.isUnsigned ? cast(parameter, type) : parameter
      case .real, .bit, .blob: parameter
      case .decimal, .date, .datetime, .instant: cast(parameter, type)
      }
    }

    static func holdsLargeNumbers(_ type: MariaDBType) -> Bool {
      type.kind == .integer && type.isUnsigned
    }

    static func fits(_ value: Value, _ type: MariaDBType) -> Bool {
      switch value {
      case .null: true
      case .integer:
        switch type.kind {
        case .integer, .real, .decimal, .bit: true
        case .text, .date, .datetime, .instant, .blob, .other: false
        }
      case .real:
        switch type.kind {
        case .real, .decimal: true
        case .integer, .bit, .text, .date, .datetime, .instant, .blob, .other: false
        }
      case .text(let text):
        switch type.kind {
        case .text, .other: true
        case .integer, .decimal: text.isDecimal
        case .date, .datetime, .instant: text.dropFirst(4).first == "-"
        case .real, .bit, .blob: false
        }
      case .blob: false
      }
    }

    static func hasPlace(_ name: String, _ type: MariaDBType) -> String { "\(name) IS NOT NULL" }

    static func hasNoPlace(_ name: String, _ type: MariaDBType) -> [String] {
      ["\(name) IS NULL"]
    }

    // MARK: JSON

    static func elements(of parameter: String) -> String {
      "JSON_TABLE(\(parameter), '$[*]' COLUMNS (value JSON PATH '$')) AS kindly_element"
    }

    static func scalar(in json: String, _ path: JSONStep...) -> String {
      "JSON_VALUE(\(json), \(JSONStep.literal(of: path)))"
    }

    static func array(in json: String, _ path: JSONStep...) -> String {
      "JSON_EXTRACT(\(json), \(JSONStep.literal(of: path)))"
    }

    static func integer(_ scalar: String) -> String { "CAST(\(scalar) AS SIGNED)" }

    static func matched(_ name: String, _ type: MariaDBType) -> String { name }

    static func keyPart(_ scalar: String, _ type: MariaDBType) -> String { cast(scalar, type) }

    static func column(_ scalar: String, _ type: MariaDBType, holdsText: Bool) -> String {
      cast(scalar, type)
    }

    /// Converts a value to the column's type. What cannot be converted becomes NULL or another value, never an error.
    private static func cast(_ value: String, _ type: MariaDBType) -> String {
      switch type.kind {
      case .integer: "CAST(\(value) AS \(type.isUnsigned ? "UNSIGNED" : "SIGNED"))"
      case .bit: "CAST(\(value) AS UNSIGNED)"
      case .decimal: "CAST(\(value) AS DECIMAL(65, 30))"
      case .real: "(\(value) + 0e0)"
      case .date: "CAST(\(value) AS DATE)"
      case .datetime: "CAST(\(value) AS DATETIME(6))"
      // The session's zone is UTC, and the servers do not agree on how one is written.
      case .instant: "CAST(SUBSTRING_INDEX(\(value), '+', 1) AS DATETIME(6))"
      case .blob: "NULL"
      case .text, .other: collated(value, type)
      }
    }

    /// With the column's own character set and collation, so that its index is used.
    private static func collated(_ value: String, _ type: MariaDBType) -> String {
      let characters = type.collation.prefix { $0 != "_" }
      guard characters.count < type.collation.count,
        type.collation.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      else { return "CONVERT(\(value) USING utf8mb4)" }
      return "CONVERT(\(value) USING \(characters)) COLLATE \(type.collation)"
    }

    static func literals(of text: String, as type: MariaDBType) -> [String] {
      switch type.kind {
      case .integer, .decimal, .real, .bit:
        guard let number = Int64(text), String(number) == text else {
          // A BIGINT UNSIGNED may be larger than our numbers.
          let isLarge = type.isUnsigned && UInt64(text).map { String($0) == text } == true
          return isLarge ? [JSONText.quoted(text)] : []
        }
        return [JSONText.quoted(text)]
      case .blob: return []
      case .text, .date, .datetime, .instant, .other: return [JSONText.quoted(text)]
      }
    }

    // MARK: Questions of people

    static func grouping(_ name: String, _ type: MariaDBType) -> String { ordered(name, type) }

    static func isTyped(_ name: String, _ type: MariaDBType) -> String {
      "LOWER(CONVERT(\(name) USING utf8mb4)) = LOWER(:kindly_text)"
    }
  }
#endif
