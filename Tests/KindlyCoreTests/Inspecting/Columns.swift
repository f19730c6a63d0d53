import KindlyCore

/// A column as an inspection would have counted it.
func column(
  _ name: String, _ type: String = "TEXT", _ values: [Value] = [], references: String? = nil,
  canHoldDates: Bool = true
) -> ColumnSurvey {
  var tally = ColumnTally()
  for value in values { tally.take(value) }
  tally.finish()
  return ColumnSurvey(
    name: name, sqlName: name, type: type, canHoldDates: canHoldDates, references: references,
    tally: tally)
}

func column(_ name: String, _ type: String = "TEXT", texts: [String]) -> ColumnSurvey {
  column(name, type, texts.map(Value.text))
}

/// A table whose columns were all read.
func table(
  _ name: String, rows: Int = 2, key: [String] = ["id"], _ columns: [ColumnSurvey]
) -> RelationSurvey {
  RelationSurvey(
    relation: ListedRelation(name: name, kind: .table), rows: .exact(rows),
    sampled: columns.first?.tally.rows ?? 0, columns: columns, declaredKey: key, indexes: [])
}
