package import KindlyCore

extension SQLiteSource {
  package func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding] { [] }
}
