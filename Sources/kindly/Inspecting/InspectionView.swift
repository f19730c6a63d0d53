import KindlyConfig
import KindlyCore

/// An inspection for scripts: the same counts, and the texts to paste.
struct InspectionView: Encodable {
  let source: String
  let server: ServerView
  let tables: [TableView]
  let unread: [UnreadView]
  let notLookedAt: [String]
  let sources: String?
  let watches: String?
  let customers: String?
  let grants: String

  struct ServerView: Encodable {
    let product: String
    let version: String?
    let encoding: String?
    let timezone: String?
    let user: String?
    let longestTransactionSeconds: Int?
    let remarks: [String]
    let warning: String?
  }

  struct TableView: Encodable {
    let name: String
    let kind: String
    let rows: Int
    /// `exact`, `estimate` or `at least`.
    let rowsAre: String
    let sampled: Int
    let key: [String]
    let writable: Bool
    let columns: [ColumnView]
    let indexes: [IndexView]
  }

  struct ColumnView: Encodable {
    let name: String
    let type: String
    // By our own words.
    let roles: [String: String]
    let references: String?
    let nulls: Int
    let empty: Int
    let distinct: Int
    let indexed: Bool
    /// Nil where the column holds no dates.
    let dates: Int?
    // Both by our own words.
    let unusable: [String: Int]?
    let misencoded: [String: Int]  // as above
  }

  struct IndexView: Encodable {
    let name: String
    let columns: [String]
    let unique: Bool
  }

  struct UnreadView: Encodable {
    let name: String
    let problem: String
  }

  init(_ inspection: SourceInspection, of source: ChosenSource) {
    let blocks = inspection.proposal.map { ConfigurationBlocks(source: source, proposal: $0) }
    self.source = source.settings.name
    server = ServerView(inspection.inventory.server)
    tables = inspection.surveys.map(TableView.init)
    unread = inspection.failures.map { relation, problem in
      UnreadView(
        name: relation.name, problem: SourceInspection.text(of: problem, for: relation))
    }
    notLookedAt = inspection.leftOut
    sources = ConfigurationBlocks.sources(source)
    watches = blocks?.watches
    customers = blocks?.customers
    grants = inspection.grants
  }
}

extension InspectionView.ServerView {
  fileprivate init(_ facts: ServerFacts) {
    product = facts.product
    version = facts.version
    encoding = facts.encoding
    timezone = facts.timezone
    user = facts.user
    if case .seconds(let seconds) = facts.longestTransaction {
      longestTransactionSeconds = seconds
    } else {
      longestTransactionSeconds = nil
    }
    remarks = facts.remarks
    warning = facts.excess
  }
}

extension InspectionView.TableView {
  fileprivate init(_ survey: RelationSurvey) {
    name = survey.name
    kind = survey.relation.kind.rawValue
    rows = survey.rows.number
    rowsAre =
      switch survey.rows {
      case .exact: "exact"
      case .estimate: "estimate"
      case .atLeast: "at least"
      }
    sampled = survey.sampled
    key = survey.key
    writable = survey.relation.isWritable
    columns = survey.columns.map { InspectionView.ColumnView($0, in: survey) }
    indexes = survey.indexes.map {
      InspectionView.IndexView(name: $0.name, columns: $0.columns, unique: $0.isUnique)
    }
  }
}

extension InspectionView.ColumnView {
  fileprivate init(_ column: ColumnSurvey, in survey: RelationSurvey) {
    let reading = ColumnReading(column)
    name = column.name
    type = column.type
    roles = Dictionary(
      uniqueKeysWithValues: reading.roles.map { ($0.key.rawValue, $0.value.evidence.rawValue) })
    references = column.references
    nulls = column.tally.nulls
    empty = column.tally.empties
    distinct = column.tally.distinct
    indexed = survey.isIndexed(column.name)
    dates = reading.isDate ? column.tally.dates.readable : nil
    unusable = reading.isDate ? column.tally.dates.unusable.withZeros() : nil
    misencoded = column.tally.misencoded.withZeros()
  }
}
