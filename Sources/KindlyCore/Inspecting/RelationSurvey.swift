/// What one table or view holds: counts and shapes, never a value.
package struct RelationSurvey: Hashable, Sendable {
  package let relation: ListedRelation
  package let rows: RowCount
  /// How many rows were read; if that is not all of them, they are the first and the last rows.
  package let sampled: Int
  package let columns: [ColumnSurvey]
  /// The columns that name a row: the primary key, or else a unique index without NULL; empty where there is neither.
  package let declaredKey: [String]
  package let indexes: [IndexFacts]

  package init(
    relation: ListedRelation, rows: RowCount, sampled: Int, columns: [ColumnSurvey],
    declaredKey: [String], indexes: [IndexFacts]
  ) {
    self.relation = relation
    self.rows = rows
    self.sampled = sampled
    self.columns = columns
    self.declaredKey = declaredKey
    self.indexes = indexes
  }

  package var name: String { relation.name }

  /// Whether every row was read, so that the counts are those of the whole.
  package var isWhole: Bool { rows == .exact(sampled) }

  /// The column of that name, in whatever case it is written.
  package func column(_ name: String) -> ColumnSurvey? {
    columns.first { $0.name.isExactly(name) } ?? columns.first { $0.name.folded == name.folded }
  }

  /// The columns that identify a row: the declared key, or else a column that identifies every sampled row.
  ///
  /// Views and files declare no key. There a column named id or similar is used if its values are complete and unique.
  package var key: [String] {
    if !declaredKey.isEmpty { return declaredKey }
    let isUnique = { (column: ColumnSurvey) in
      sampled > 0 && column.tally.present == sampled && column.tally.distinct == sampled
    }
    let named = columns.filter { KeyWords.isKey($0.name, of: relation.name) }
    return (named.first(where: isUnique) ?? (sampled == 0 ? named.first : nil)).map { [$0.name] }
      ?? []
  }

  /// Whether an index begins with the column.
  package func isIndexed(_ column: String) -> Bool {
    declaredKey.first == column || indexes.contains { $0.columns.first == column }
  }
}

/// One column and what was counted in it.
package struct ColumnSurvey: Hashable, Sendable {
  package let name: String
  /// The name as SQL of the engine has it, in quotes where it needs them.
  package let sqlName: String
  /// The type as the database declares it; empty where it declares none.
  package let type: String
  /// Whether the engine can look for due dates in a column of this type.
  package let canHoldDates: Bool
  /// The table that its foreign key refers to.
  package let references: String?
  /// The statement that makes an index which begins with it.
  package let indexStatement: String?
  package let tally: ColumnTally

  package init(
    name: String, sqlName: String, type: String, canHoldDates: Bool, references: String? = nil,
    indexStatement: String? = nil, tally: ColumnTally
  ) {
    self.name = name
    self.sqlName = sqlName
    self.type = type
    self.canHoldDates = canHoldDates
    self.references = references
    self.indexStatement = indexStatement
    self.tally = tally
  }
}

/// An index of a table.
package struct IndexFacts: Hashable, Sendable {
  package let name: String
  package let columns: [String]
  package let isUnique: Bool

  package init(name: String, columns: [String], isUnique: Bool) {
    self.name = name
    self.columns = columns
    self.isUnique = isUnique
  }
}
