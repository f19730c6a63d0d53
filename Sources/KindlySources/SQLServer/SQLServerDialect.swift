#if ODBC
  import KindlyCore

  /// SQL as SQL Server 2016 and later reads it in databases of compatibility level 130 and above, by Microsoft's documentation.
  enum SQLServerDialect: SQLDialect {
    typealias ColumnType = SQLServerType

    static let grammar = SQLGrammar(hasBrackets: true, nestsComments: true)

    static let always = "1 = 1"

    static func quoted(_ name: String) -> String { "[" + name.doubling("]") + "]" }

    /// Dots stand between database, schema and table.
    static func table(_ name: String) -> String {
      parts(of: name).map(quoted).joined(separator: ".")
    }

    static func parts(of name: String) -> [String] { name.split(separator: ".").map(String.init) }

    /// An index has the column's own collation, so another order needs another column.
    static func index(on name: String, _ names: [String], _ columns: [String]) -> String {
      let index = quoted(([parts(of: name).last ?? name] + names).joined(separator: "_"))
      let list = names.map(quoted).joined(separator: ", ")
      let collation =
        columns == names.map(quoted) ? "" : ", on a column of nvarchar with COLLATE \(bytewise)"
      return "CREATE INDEX \(index) ON \(table(name)) (\(list))\(collation)"
    }

    /// A SELECT list has no conditions, only values.
    static func truth(_ condition: String) -> String { "CASE WHEN \(condition) THEN 1 ELSE 0 END" }

    static func first(_ count: Int, of sql: String) -> String {
      sql.split(separator: "\n").last?.hasPrefix("ORDER BY ") == true
        ? sql + "\nOFFSET 0 ROWS FETCH NEXT \(count) ROWS ONLY"
        : "SELECT TOP (\(count))" + sql.dropFirst("SELECT".count)
    }

    /// There are no comparisons of rows.
    static func isAmong(_ columns: [String], _ values: [String], of elements: String) -> String {
      guard columns.count > 1 else {
        return "\(columns[0]) IN (SELECT \(values[0]) FROM \(elements))"
      }
      let equal = zip(columns, values).map { "\($0) = \($1)" }.joined(separator: " AND ")
      return "EXISTS (SELECT 1 FROM \(elements) WHERE \(equal))"
    }

    // MARK: The order of SortKey

    /// Compares texts by their code points.
    private static let bytewise = "Latin1_General_100_BIN2"

    /// Texts by their code points. A GUID is sorted by its last six bytes, and is taken by its text.
    static func ordered(_ name: String, _ type: SQLServerType) -> String {
      switch type.kind {
      case .text, .padded:
        if type.isBytewise { return name }
        return type.isUnicode
          ? "\(name) COLLATE \(bytewise)" : "CONVERT(nvarchar(4000), \(name)) COLLATE \(bytewise)"
      case .uuid: return "LOWER(CONVERT(nvarchar(36), \(name))) COLLATE \(bytewise)"
      case .other: return "CONVERT(nvarchar(4000), \(name)) COLLATE \(bytewise)"
      case .integer, .real, .decimal, .date, .datetime, .instant, .rowversion, .blob: return name
      }
    }

    static func sorted(_ quoted: String, _ type: SQLServerType) -> String { ordered(quoted, type) }

    static func place(_ parameter: String, _ type: SQLServerType) -> String {
      switch type.kind {
      case .text, .padded, .uuid, .other:
        "CONVERT(nvarchar(4000), \(parameter)) COLLATE \(bytewise)"
      // Wider than the column, so that no number fails to fit.
      case .integer: "CONVERT(bigint, \(parameter))"
      case .decimal: "CONVERT(decimal(38, 10), \(parameter))"
      case .real, .date, .datetime, .instant, .rowversion, .blob: cast(parameter, type)
      }
    }

    /// A value as a column of that type holds it, in whatever language and order of dates the session is.
    private static func cast(_ value: String, _ type: SQLServerType) -> String {
      switch type.kind {
      // 121 is yyyy-mm-dd hh:mi:ss.mmm.
      case .date, .datetime: "CONVERT(\(type.sql), \(value), 121)"
      case .rowversion: "CONVERT(binary(8), CONVERT(bigint, \(value)))"
      case .blob: "CONVERT(varbinary(max), NULL)"
      // They cannot be compared or made from a text in every release.
      case .other: "CONVERT(nvarchar(max), \(value))"
      // A text of JSON has the database's collation, which is not always the column's.
      case .text, .padded:
        "CONVERT(\(type.sql), \(value))"
          + (type.collation.isEmpty ? "" : " COLLATE \(type.collation)")
      case .integer, .real, .decimal, .uuid, .instant: "CONVERT(\(type.sql), \(value))"
      }
    }

    static func fits(_ value: Value, _ type: SQLServerType) -> Bool {
      switch value {
      case .null: true
      case .integer:
        switch type.kind {
        case .integer, .real, .decimal, .rowversion: true
        case .text, .padded, .uuid, .date, .datetime, .instant, .blob, .other: false
        }
      case .real:
        switch type.kind {
        case .real, .decimal: true
        case .integer, .text, .padded, .uuid, .date, .datetime, .instant, .rowversion, .blob,
          .other:
          false
        }
      case .text(let text):
        switch type.kind {
        case .text, .padded, .other: true
        case .decimal: text.isDecimal
        case .uuid: text.isUUID
        case .date, .datetime, .instant: text.isDate
        case .integer, .real, .rowversion, .blob: false
        }
      case .blob: false
      }
    }

    static func hasPlace(_ name: String, _ type: SQLServerType) -> String { "\(name) IS NOT NULL" }

    static func hasNoPlace(_ name: String, _ type: SQLServerType) -> [String] {
      ["\(name) IS NULL"]
    }

    // MARK: JSON

    static func elements(of parameter: String) -> String { "OPENJSON(\(parameter))" }

    /// An element of an array is read by OPENJSON, because JSON_VALUE gives NULL for a text of more than 4,000 characters.
    static func scalar(in json: String, _ path: JSONStep...) -> String {
      guard case .index(let index)? = path.last else {
        return "JSON_VALUE(\(json), N\(JSONStep.literal(of: path)))"
      }
      let array =
        path.dropLast().isEmpty ? json : "\(json), N\(JSONStep.literal(of: path.dropLast()))"
      return
        "(SELECT item.[value] FROM OPENJSON(\(array)) AS item WHERE item.[key] = N'\(index)')"
    }

    static func array(in json: String, _ path: JSONStep...) -> String {
      "JSON_QUERY(\(json), N\(JSONStep.literal(of: path)))"
    }

    static func integer(_ scalar: String) -> String { "CONVERT(bigint, \(scalar))" }

    static func matched(_ name: String, _ type: SQLServerType) -> String {
      type.kind == .other ? ordered(name, type) : name
    }

    static func keyPart(_ scalar: String, _ type: SQLServerType) -> String {
      switch type.kind {
      case .integer, .decimal, .other: place(scalar, type)
      case .real, .text, .padded, .uuid, .date, .datetime, .instant, .rowversion, .blob:
        cast(scalar, type)
      }
    }

    static func column(_ scalar: String, _ type: SQLServerType, holdsText: Bool) -> String {
      cast(scalar, type)
    }

    /// A text that its type could not be made from would fail the whole statement; no row has such a key.
    static func literals(of text: String, as type: SQLServerType) -> [String] {
      let isPossible =
        switch type.kind {
        case .integer, .decimal, .real, .rowversion: Int64(text).map { String($0) == text } ?? false
        case .uuid: text.isUUID
        case .date, .datetime:
          text.isDate && limits(of: type).map { $0.low <= text && text < $0.high } ?? false
        case .blob, .instant: false
        case .text, .padded, .other: true
        }
      return isPossible ? [JSONText.quoted(text)] : []
    }

    // MARK: Questions of people

    static func grouping(_ name: String, _ type: SQLServerType) -> String { name }

    static func isTyped(_ name: String, _ type: SQLServerType) -> String {
      "LOWER(CONVERT(nvarchar(4000), \(name))) COLLATE \(bytewise) = LOWER(:kindly_text)"
    }
  }
#endif
