import KindlyCore

/// How an engine writes what every engine can say.
///
/// A `name` is a quoted column with its table before it; a `parameter` is a placeholder such as `:kindly_from`.
protocol SQLDialect: Sendable {
  /// What the engine tells of a column's type, as far as reading and comparing depend on it.
  associatedtype ColumnType: Hashable, Sendable

  /// The grammar that determines where a placeholder can occur in a statement.
  static var grammar: SQLGrammar { get }

  /// A condition that holds.
  static var always: String { get }

  /// Whether a SELECT behind FROM may name columns of the statement around it.
  static var seesOutside: Bool { get }

  /// A column's or table's name, whatever characters it has.
  static func quoted(_ name: String) -> String

  /// A table or view as the configuration names it, written for FROM.
  static func table(_ name: String) -> String

  /// The conditions, each by another person, all of which must hold.
  static func all(_ conditions: [String]) -> String

  /// A condition as a value of a SELECT list.
  static func truth(_ condition: String) -> String

  /// The first rows of a statement of ours, which has a line for each clause.
  static func first(_ count: Int, of sql: String) -> String

  /// The condition that the columns are the values of one of the elements.
  static func isAmong(_ columns: [String], _ values: [String], of elements: String) -> String

  /// The statement that makes an index: the names of its columns, and how they are written in it.
  static func index(on table: String, _ names: [String], _ columns: [String]) -> String

  // MARK: The order of SortKey

  /// The column as it is sorted and compared with places: numbers by value, texts by their UTF-8 bytes.
  static func ordered(_ name: String, _ type: ColumnType) -> String

  /// Whether the column holds whole numbers that may be 2^63 or more, which are given as texts and sorted as numbers.
  static func holdsLargeNumbers(_ type: ColumnType) -> Bool

  /// A quoted column as an index must list it to provide this order.
  static func sorted(_ quoted: String, _ type: ColumnType) -> String

  /// A parameter as `ordered` is compared with it.
  static func place(_ parameter: String, _ type: ColumnType) -> String

  /// Whether a value can be such a place; one that was kept from a column of another type cannot.
  static func fits(_ value: Value, _ type: ColumnType) -> Bool

  /// The condition that the value can be sorted: that it is neither NULL nor a BLOB.
  static func hasPlace(_ name: String, _ type: ColumnType) -> String

  /// The condition that a higher value than this can still be written, so that a cursor can continue from it.
  static func canBePassed(_ name: String, _ type: ColumnType) -> String

  /// The ways to have none, each a condition that an index can answer.
  static func hasNoPlace(_ name: String, _ type: ColumnType) -> [String]

  // MARK: Keys and old values in one JSON parameter

  /// The elements of a JSON array as rows with the column `value`, behind FROM.
  static func elements(of parameter: String) -> String

  /// A scalar inside a JSON value, and an array inside one.
  static func scalar(in json: String, _ path: JSONStep...) -> String
  static func array(in json: String, _ path: JSONStep...) -> String

  /// A JSON scalar as a whole number.
  static func integer(_ scalar: String) -> String

  /// A key column as it is compared with a canonical key's part.
  static func matched(_ name: String, _ type: ColumnType) -> String

  /// A JSON scalar as a part of a key of that type.
  static func keyPart(_ scalar: String, _ type: ColumnType) -> String

  /// A JSON scalar as a column of that type; `holdsText` where one of the values is a text.
  static func column(_ scalar: String, _ type: ColumnType, holdsText: Bool) -> String

  /// The JSON literals under which a part of a canonical key may be stored; none if no row can have it.
  static func literals(of text: String, as type: ColumnType) -> [String]

  /// The conditions that a key column holds a number, and a text; nil where its type allows one of them alone.
  static func forms(_ name: String, _ type: ColumnType) -> (number: String, text: String)?

  /// A column of a canonical key as a parameter that SQL from the configuration compares with a column.
  static func parameter(ofKey text: String) -> Value

  // MARK: Dates

  /// Why a column of this type holds no dates, or nil where it may.
  static func dateless(_ type: ColumnType) -> String?

  /// The ranges of the column's values that may hold an anchor of the intervals, where the year comes first.
  static func ranges(
    _ intervals: [AnchorInterval], of kind: DateKind, _ type: ColumnType, within span: ColumnSpan
  ) -> [ValueRange]

  /// What the column holds, by look-ups at the ends of an index.
  static func span<Reader: EngineReader>(
    of column: WatchColumn<Self>, in relation: String, by reader: Reader
  ) throws -> ColumnSpan where Reader.Dialect == Self

  /// Some range of the column's values, for explaining a query.
  static func example(_ type: ColumnType) -> ValueRange

  // MARK: Questions of people

  /// The expression to group by so that values of different kind or spelling form different groups.
  static func grouping(_ name: String, _ type: ColumnType) -> String

  /// The condition that the column is `:kindly_text` as a person types it, or `:kindly_number`.
  static func isTyped(_ name: String, _ type: ColumnType) -> String
}

/// A step into a JSON value.
enum JSONStep: Hashable, Sendable {
  case member(String)
  case index(Int)

  /// A path of SQL/JSON as a text literal, such as `'$.o[2]'`.
  static func literal(of path: [JSONStep]) -> String {
    let steps = path.map { step in
      switch step {
      case .member(let name): ".\(name)"
      case .index(let index): "[\(index)]"
      }
    }
    return KindlySources.literal("$" + steps.joined())
  }
}

extension SQLDialect {
  static var seesOutside: Bool { true }

  static func holdsLargeNumbers(_ type: ColumnType) -> Bool { false }

  static func forms(_ name: String, _ type: ColumnType) -> (number: String, text: String)? { nil }

  static func canBePassed(_ name: String, _ type: ColumnType) -> String { hasPlace(name, type) }

  static func parameter(ofKey text: String) -> Value { .text(text) }

  static func truth(_ condition: String) -> String { condition }

  static func first(_ count: Int, of sql: String) -> String { sql + "\nLIMIT \(count)" }

  static func isAmong(_ columns: [String], _ values: [String], of elements: String) -> String {
    let row = columns.joined(separator: ", ")
    return
      "\(columns.count == 1 ? row : "(\(row))") IN (SELECT \(values.joined(separator: ", ")) FROM \(elements))"
  }

  /// SQL that another person wrote, in brackets on separate lines, so that a trailing `--` comment ends before the
  /// bracket.
  static func bracketed(_ sql: String) -> String { "(\n\(sql)\n)" }

  static func all(_ conditions: [String]) -> String {
    conditions.isEmpty ? always : conditions.map(bracketed).joined(separator: " AND ")
  }
}

/// A text literal of standard SQL.
func literal(_ text: String) -> String { "'" + text.doubling("'") + "'" }

extension QueryClock {
  /// What a condition's placeholders are bound to.
  var parameters: [String: Value] { ["now": .text(nowText), "today": .text(todayText)] }
}
