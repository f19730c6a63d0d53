import KindlyCore

/// What an engine reports about itself and its tables. The rest of an inspection is the same for all engines.
///
/// A catalogue is made for one read transaction, in which it asks one question after another.
protocol Catalogue {
  func server() throws -> ServerFacts

  /// The tables and views that are the customer's, not the engine's own.
  func relations() throws -> [ListedRelation]

  func details(of relation: ListedRelation) throws -> RelationDetails

  /// What gives a user the right to read these tables and views, and no other; comments included.
  func grants(reading relations: [String]) throws -> String
}

/// What a catalogue knows about one table or view.
struct RelationDetails {
  /// The declared types by the columns' names.
  var types: [ExactText: String] = [:]
  /// Columns that hold no NULL.
  var required: Set<ExactText> = []
  /// The columns of the primary key, in its order.
  var primaryKey: [String] = []
  var indexes: [IndexFacts] = []
  /// The tables that single columns refer to by a foreign key.
  var references: [ExactText: String] = [:]

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
