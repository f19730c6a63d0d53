import KindlyCore

/// What an engine tells of itself and its tables, each in its own way; all else of an inspection is the same for all.
///
/// An engine that has one returns it from `Engine.catalogue(in:)`. It is made for one read transaction.
protocol Catalogue {
  func server() throws -> ServerFacts

  /// The tables and views that are the customer's, not the engine's own.
  func relations() throws -> [ListedRelation]

  func details(of relation: ListedRelation) throws -> RelationDetails

  /// What gives a user the right to read these tables and views, and no other; comments included.
  func grants(reading relations: [String]) throws -> String

  /// A SELECT that gives no more rows than so many.
  func first(_ count: Int, of select: String) -> String

  /// A column's name as a person would write it in SQL.
  func written(_ column: String) -> String
}

extension Catalogue {
  func first(_ count: Int, of select: String) -> String { select + "\nLIMIT \(count)" }
}

/// What a catalogue knows about one table or view.
struct RelationDetails {
  /// The declared types by the columns' names.
  var types: [String: String] = [:]
  /// Columns that hold no NULL.
  var required: Set<String> = []
  /// The columns of the primary key, in its order.
  var primaryKey: [String] = []
  var indexes: [IndexFacts] = []
  /// The tables that single columns refer to by a foreign key.
  var references: [String: String] = [:]

  /// The primary key, or else the shortest unique index whose columns hold no NULL.
  var key: [String] {
    if !primaryKey.isEmpty { return primaryKey }
    let candidates = indexes.filter { index in
      index.isUnique && !index.columns.isEmpty && index.columns.allSatisfy(required.contains)
    }
    return candidates.min { ($0.columns.count, $0.name) < ($1.columns.count, $1.name) }?.columns
      ?? []
  }
}

/// Whether a name needs no quotes in any engine: small letters, digits and underscores.
func isPlainName(_ name: String) -> Bool {
  name.first.map { $0.isASCII && $0.isLetter && $0.isLowercase } == true
    && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
}
