#if PostgreSQL
  import KindlyCore

  /// SQL as PostgreSQL 13 and later reads it.
  enum PostgresDialect: SQLDialect {
    typealias ColumnType = PostgresType

    static let grammar = SQLGrammar(
      hasEscapeStrings: true, hasDollarQuotes: true, hasSlices: true, nestsComments: true)

    static let always = "TRUE"

    static func quoted(_ name: String) -> String {
      "\"" + name.doubling("\"") + "\""
    }

    /// A dot stands between schema and table; without one the role's search path decides.
    static func table(_ name: String) -> String {
      let (schema, table) = parts(of: name)
      return (schema.map { quoted($0) + "." } ?? "") + quoted(table)
    }

    static func parts(of name: String) -> (schema: String?, table: String) {
      guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return (nil, name) }
      return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    static func index(on name: String, _ names: [String], _ columns: [String]) -> String {
      let index = quoted(([parts(of: name).table] + names).joined(separator: "_"))
      return "CREATE INDEX \(index) ON \(table(name)) (\(columns.joined(separator: ", ")))"
    }

    /// The constant at the end is for a condition that is a bare column but not a boolean: the server then reports it
    /// wherever the condition is used.
    static func all(_ conditions: [String]) -> String {
      (conditions.map(bracketed) + [always]).joined(separator: " AND ")
    }

    // MARK: The order of SortKey

    /// Collations differ from server to server, so texts are sorted by their bytes; a type that we do not know, as its text.
    static func ordered(_ name: String, _ type: PostgresType) -> String {
      switch type.kind {
      case .text, .padded: "\(name) COLLATE \"C\""
      // In brackets, as an index wants an expression.
      case .caseless, .other: "(CAST(\(name) AS text) COLLATE \"C\")"
      case .boolean, .integer, .real, .numeric, .uuid, .date, .timestamp, .instant, .blob: name
      }
    }

    static func sorted(_ quoted: String, _ type: PostgresType) -> String { ordered(quoted, type) }

    static func place(_ parameter: String, _ type: PostgresType) -> String {
      switch type.kind {
      // Whatever the width of the column, a number is only compared with it.
      case .integer: "CAST(\(parameter) AS bigint)"
      case .caseless, .other: "CAST(\(parameter) AS text)"
      case .boolean, .real, .numeric, .text, .padded, .uuid, .date, .timestamp, .instant, .blob:
        "CAST(\(parameter) AS \(type.sql))"
      }
    }

    static func hasPlace(_ name: String, _ type: PostgresType) -> String { "\(name) IS NOT NULL" }

    /// Nothing is higher than infinity but what is no number.
    static func canBePassed(_ name: String, _ type: PostgresType) -> String {
      switch type.kind {
      case .date, .timestamp, .instant, .real: "\(name) < 'infinity'"
      // Version 13 has no infinity here, and would not read the word.
      case .numeric: "CAST(\(name) AS text) NOT IN ('NaN', 'Infinity')"
      case .boolean, .integer, .text, .caseless, .padded, .uuid, .blob, .other: hasPlace(name, type)
      }
    }

    static func hasNoPlace(_ name: String, _ type: PostgresType) -> [String] {
      ["\(name) IS NULL"]
    }

    static func fits(_ value: Value, _ type: PostgresType) -> Bool {
      switch value {
      case .null: true
      case .integer:
        switch type.kind {
        case .boolean, .integer, .real, .numeric: true
        case .text, .padded, .caseless, .uuid, .date, .timestamp, .instant, .blob, .other: false
        }
      case .real:
        switch type.kind {
        case .real, .numeric: true
        case .boolean, .integer, .text, .padded, .caseless, .uuid, .date, .timestamp, .instant,
          .blob, .other:
          false
        }
      case .text(let text):
        switch type.kind {
        case .text, .padded, .caseless, .other: true
        case .numeric: text.isDecimal
        case .uuid: text.isUUID
        case .date, .timestamp, .instant: text.isDate || text.hasSuffix("infinity")
        case .boolean, .integer, .real, .blob: false
        }
      case .blob: false
      }
    }

    // MARK: JSON

    static func elements(of parameter: String) -> String {
      "json_array_elements(CAST(\(parameter) AS json)) AS each (value)"
    }

    static func scalar(in json: String, _ path: JSONStep...) -> String {
      var steps = path.map(text)
      let last = steps.removeLast()
      return ([json] + steps).joined(separator: " -> ") + " ->> " + last
    }

    static func array(in json: String, _ path: JSONStep...) -> String {
      ([json] + path.map(text)).joined(separator: " -> ")
    }

    private static func text(of step: JSONStep) -> String {
      switch step {
      case .member(let name): literal(name)
      case .index(let index): "\(index)"
      }
    }

    static func integer(_ scalar: String) -> String { "CAST(\(scalar) AS bigint)" }

    static func matched(_ name: String, _ type: PostgresType) -> String {
      type.kind == .other ? "CAST(\(name) AS text)" : name
    }

    /// A key that ignores case is compared as the column compares, and sorted by its bytes.
    static func keyPart(_ scalar: String, _ type: PostgresType) -> String {
      type.kind == .caseless ? "CAST(\(scalar) AS \(type.sql))" : place(scalar, type)
    }

    static func column(_ scalar: String, _ type: PostgresType, holdsText: Bool) -> String {
      "CAST(\(scalar) AS \(type.sql))"
    }

    /// A text that its type could not be made from would fail the whole statement; no row has such a key.
    static func literals(of text: String, as type: PostgresType) -> [String] {
      // The server's texts hold no NUL.
      guard !text.contains("\0") else { return [] }
      switch type.kind {
      case .integer, .numeric, .real, .boolean:
        guard let number = Int64(text), String(number) == text,
          type.kind != .boolean || (0...1).contains(number)
        else { return [] }
        return [JSONText.quoted(text)]
      case .uuid: return text.isUUID ? [JSONText.quoted(text)] : []
      case .date, .timestamp, .instant:
        return text.isDate ? [JSONText.quoted(text)] : []
      case .blob: return []
      case .text, .caseless, .padded, .other: return [JSONText.quoted(text)]
      }
    }

    // MARK: Questions of people

    static func grouping(_ name: String, _ type: PostgresType) -> String { name }

    static func isTyped(_ name: String, _ type: PostgresType) -> String {
      "lower(CAST(\(name) AS text)) = lower(:kindly_text)"
    }
  }
#endif
