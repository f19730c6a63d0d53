/// A proposed configuration: which table holds the customers, which other tables are about them, and by which columns.
package struct CustomerProposal: Hashable, Sendable {
  /// A table or view as a watch.
  package struct Watched: Hashable, Sendable {
    package let survey: RelationSurvey
    package let key: [String]
    /// The column that holds the customer's key; nil for the customers themselves.
    package let customer: String?
    /// A column that rises with each write and is set in every sampled row; nil if there is none.
    package let cursor: String?
    /// The date columns that a rule could use, end dates first.
    package let dates: [String]

    package var relation: String { survey.name }

    /// The date columns whose notation must be stated, each with the word that states it, in the table's order.
    ///
    /// A rule or a letter may name any of them, not only those of `dates`.
    package var notations: [(column: String, word: String)] {
      survey.columns.compactMap { column in
        guard ColumnReading(column).isDate, let word = column.tally.dateSample.kind.notation else {
          return nil
        }
        return (column.name, word)
      }
    }

    /// Whether reading every row at each look is too much to propose.
    package var isLarge: Bool { survey.rows.number > Watched.largestSnapshot }
    /// Rows that are compared in about a tenth of a second.
    private static let largestSnapshot = 100_000
  }

  /// The customers' own table.
  package let customers: Watched
  /// The column of each role in the customers' table that `customers:` names.
  package private(set) var columns: [ColumnRole: String]
  package let secrets: [String]
  /// The condition that a customer is not deleted, in the engine's SQL; nil if no column tells.
  package let condition: String?
  /// Other tables with a date and the customer's key.
  package let others: [Watched]

  /// With more watches than this, a person should choose.
  private static let mostOthers = 20

  /// Makes a proposal from the survey; nil if no table looks like a customer table.
  package init?(_ surveys: [RelationSurvey]) {
    let ranked = surveys.map { ($0, CustomerProposal.score($0)) }.filter { $0.1 > 0 }
    let best = ranked.max {
      ($0.1, $0.0.rows.number, $1.0.name) < ($1.1, $1.0.rows.number, $0.0.name)
    }
    guard let best else { return nil }
    self.init(customers: best.0, among: surveys)
  }

  /// Makes a proposal for a customer table that a person named; nil if none of its columns can be a key.
  package init?(
    customers survey: RelationSurvey, key: [String]? = nil, among surveys: [RelationSurvey]
  ) {
    let key = key ?? survey.key
    guard !key.isEmpty else { return nil }
    let readings = CustomerProposal.readings(of: survey)
    customers = CustomerProposal.watched(survey, key: key, customer: nil)
    columns = CustomerProposal.columns(of: survey, readings)
    secrets = survey.columns.map(\.name).filter { readings[$0]?.roles[.secret] != nil }
    condition = CustomerProposal.condition(survey, readings)
    others = surveys.filter { $0.name != survey.name }
      .compactMap { CustomerProposal.other($0, than: survey, key: key) }
      .sorted { $0.relation.exactlyPrecedes($1.relation) }.prefix(CustomerProposal.mostOthers).map {
        $0
      }
  }

  /// Takes a person's word for a column, or for there being none.
  package mutating func set(_ column: String?, for role: ColumnRole) { columns[role] = column }

  private static func readings(of survey: RelationSurvey) -> [ExactText: ColumnReading] {
    Dictionary(survey.columns.map { (ExactText($0.name), ColumnReading($0)) }) { first, _ in first }
  }

  /// How much speaks for a table's rows being customers.
  private static func score(_ survey: RelationSurvey) -> Int {
    guard !survey.key.isEmpty else { return 0 }
    let readings = readings(of: survey)
    let columns = columns(of: survey, readings)
    let named = CustomerWords.fit(survey.name)
    guard columns[.email] != nil || columns[.phone] != nil || named > 0 && columns[.name] != nil
    else { return 0 }
    let weights: [ColumnRole: Int] = [.email: 4, .phone: 3, .name: 2, .language: 1, .timezone: 1]
    let score = columns.keys.reduce(named * 3) { $0 + (weights[$1] ?? 0) }
    // A table that refers to a customer is about customers rather than a list of them.
    let isAboutOne = survey.columns.contains {
      !survey.key.contains($0.name) && readings[$0.name]?.roles[.customer] != nil
    }
    return isAboutOne ? max(score - 4, 1) : score
  }

  // MARK: Columns

  private static func columns(
    of survey: RelationSurvey, _ readings: [ExactText: ColumnReading]
  ) -> [ColumnRole: String] {
    var columns: [ColumnRole: String] = [:]
    for role in [ColumnRole.email, .phone, .name, .language, .timezone] {
      let fitting = survey.columns.compactMap { column -> (String, Int)? in
        guard let guess = readings[column.name]?.roles[role], !columns.values.contains(column.name),
          isUsable(column, for: role)
        else { return nil }
        return (column.name, guess.strength)
      }
      // The first of the best.
      if let best = fitting.map(\.1).max(), let found = fitting.first(where: { $0.1 == best }) {
        columns[role] = found.0
      }
    }
    return columns
  }

  /// Whether the column's values can be used for the role: languages must be tags, and zones must be tzdata names.
  private static func isUsable(_ column: ColumnSurvey, for role: ColumnRole) -> Bool {
    switch role {
    case .language: column.tally.present == 0 || column.tally.languages * 2 > column.tally.present
    case .timezone: column.tally.present == 0 || column.tally.zones * 2 > column.tally.present
    case .name, .email, .phone, .owner, .status, .deleted, .updated, .created, .customer, .ends,
      .begins, .birthday, .secret:
      true
    }
  }

  private static func condition(
    _ survey: RelationSurvey, _ readings: [ExactText: ColumnReading]
  ) -> String? {
    let flagged = survey.columns.filter { readings[$0.name]?.roles[.deleted] != nil }
    guard let column = flagged.first else { return nil }
    let name = column.sqlName
    if readings[column.name]?.isDate == true { return "\(name) IS NULL" }
    let isText = column.tally.present > 0 && column.tally.numbers == 0
    if isText { return nil }
    let isThere = column.type.lowercased().hasPrefix("bool") ? "NOT \(name)" : "\(name) = 0"
    return column.tally.nulls > 0 ? "(\(isThere) OR \(name) IS NULL)" : isThere
  }

  // MARK: Watches

  private static func other(
    _ survey: RelationSurvey, than customers: RelationSurvey, key: [String]
  ) -> Watched? {
    guard !survey.key.isEmpty, key.count == 1 else { return nil }
    let readings = readings(of: survey)
    let linked = survey.columns.first { isSame($0.references, customers.name) }
    let named = survey.columns.filter { $0.references == nil && !survey.key.contains($0.name) }
      .compactMap { column in
        readings[column.name]?.roles[.customer].map { (column.name, $0.strength) }
      }
    let best = named.map(\.1).max()
    guard let customer = linked?.name ?? named.first(where: { $0.1 == best })?.0 else { return nil }
    let watched = watched(survey, key: survey.key, customer: customer)
    return watched.dates.isEmpty ? nil : watched
  }

  private static func isSame(_ reference: String?, _ table: String) -> Bool {
    guard let reference = reference?.lowercased() else { return false }
    let table = table.lowercased()
    return reference == table || table.hasSuffix("." + reference)
      || reference.hasSuffix("." + table)
  }

  private static func watched(
    _ survey: RelationSurvey, key: [String], customer: String?
  ) -> Watched {
    let readings = readings(of: survey)
    let cursor = survey.columns.first { column in
      readings[column.name]?.roles[.updated] != nil && column.tally.present == column.tally.rows
        && (column.tally.rows == 0 || column.tally.dates.readable == column.tally.rows
          || column.tally.numbers == column.tally.rows)
    }
    return Watched(
      survey: survey, key: key, customer: customer, cursor: cursor?.name,
      dates: dates(of: survey, readings))
  }

  /// The dates that announce something, in the order in which they are worth a reminder.
  private static func dates(
    of survey: RelationSurvey, _ readings: [ExactText: ColumnReading]
  ) -> [String] {
    let dated = survey.columns.filter { readings[$0.name]?.isDate == true }.map(\.name)
    let worth: [ColumnRole?] = [.ends, .begins, .birthday, nil]
    return worth.flatMap { role in
      dated.filter { name in
        let roles = readings[name]?.roles ?? [:]
        if roles[.updated] != nil || roles[.created] != nil || roles[.deleted] != nil {
          return false
        }
        guard let role else {
          return roles.keys.allSatisfy { ![.ends, .begins, .birthday].contains($0) }
        }
        return roles[role] != nil && strongest(roles) == role
      }
    }
  }

  private static func strongest(_ roles: [ColumnRole: RoleGuess]) -> ColumnRole? {
    [ColumnRole.ends, .begins, .birthday].max {
      (roles[$0]?.strength ?? 0) < (roles[$1]?.strength ?? 0)
    }
  }
}
