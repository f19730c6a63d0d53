/// What `kindly source inspect` and `kindly init` ask of a database that nobody has described yet.
package protocol InspectingSource: Source {
  /// What the database is, and the tables and views in it.
  func inventory() async throws(SourceProblem) -> SourceInventory

  /// What one table or view holds, in counts: from all its rows, or from the first and the last where they are many.
  func survey(_ relation: ListedRelation) async throws(SourceProblem) -> RelationSurvey

  /// The statements that grant a user the right to read these tables and views, and no others, in the engine's own SQL.
  func grants(reading relations: [String]) async throws(SourceProblem) -> String
}
