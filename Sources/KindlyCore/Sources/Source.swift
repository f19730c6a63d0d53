/// A customer database, only ever read.
///
/// Every call is one short read-only transaction with a deadline: it fetches whole and closes before it returns, because
/// an open read can lock the application out. A source opens its database when it is first asked, and again after a failure.
package protocol Source: Sendable {
  var name: String { get }

  /// Which database this is, and whether it has been written since it was last asked.
  ///
  /// Cheap enough for every poll. The identity changes when a file is replaced or another server answers.
  func pulse() async throws(SourceProblem) -> SourcePulse

  /// What should be told although the source answers, each a sentence that names rows by their keys alone; told once while it is here.
  var remarks: [String] { get }

  /// Calls `heard` at each hint that something was committed, and once when hints start arriving.
  ///
  /// Returns when the task is cancelled, and at once if the source gives no hints; throws when hints stop arriving. A
  /// hint may be lost, so the source is still polled.
  func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem)

  func close() async
}

extension Source {
  package var remarks: [String] { [] }
  package func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem) {}
}

/// Reads a watch's rows to compare them with what is known.
package protocol LookingSource: Source {
  /// The names of a watch's columns as they are now, without those that hold BLOBs by declaration.
  func columns(of watch: Watch) async throws(SourceProblem) -> [String]

  /// The next rows in the order of the sort key, with what the change log holds up to the same snapshot.
  func sweep(_ request: SweepRequest) async throws(SourceProblem) -> SweepSlice

  /// The rows whose cursor column is at or past a position, in the order of that column and the key.
  func follow(_ request: CursorRequest) async throws(SourceProblem) -> CursorSlice

  /// The places of the first few rows that a sweep refuses, such as `line 7 of /srv/customers.csv`.
  ///
  /// Empty if rows have no places, as in a database.
  func places(ofRefusedIn watch: Watch) async throws(SourceProblem) -> [String]
}

/// Answers questions about rows; conditions are evaluated here, where the data lives.
package protocol AskingSource: Source {
  /// A superset of the rows that have a moment in a range; Core computes the exact moments.
  ///
  /// Rows on which the conditions fail are included, with the fault.
  func candidates(_ query: CandidateQuery) async throws(SourceProblem) -> CandidatePage

  /// The rows of the given keys as they are now; a key that is missing from the answer has no row.
  ///
  /// A row that the question fails on is answered with that fault, and so is a key that several rows have, or whose row may be
  /// one that cannot be read.
  func rows(_ question: RowQuestion) async throws(SourceProblem) -> [RowKey: RowAnswer]

  /// Some values of a watch's columns that may hold dates, to tell how they are written.
  func dateEvidence(of question: DateQuestion) async throws(SourceProblem) -> DateEvidence

  /// The rows of a list for one customer, in the order of its query.
  func list(_ question: ListQuestion) async throws(SourceProblem) -> ListAnswer

  /// The changes that satisfy the conditions, and those on which the conditions fail. Throws if they fail on all.
  func judge(_ question: ChangeQuestion) async throws(SourceProblem) -> Judgement
}

/// What `kindly check`, `kindly source` and `kindly why` ask.
package protocol ExplainingSource: Source {
  /// Prepares and explains what a rule will ask, without running it.
  func examine(_ subject: QuerySubject) async throws(SourceProblem) -> [QueryFinding]

  /// How many rows satisfy the conditions now.
  func count(_ watch: Watch, conditions: [String], clock: QueryClock) async throws(SourceProblem)
    -> MatchCount

  /// Some rows of a watch, for trying templates.
  func sample(_ watch: Watch, limit: Int) async throws(SourceProblem) -> [RowAnswer]

  /// Rows in which a column equals a text as a person types it, ignoring ASCII case; at most `limit`, in no order.
  func find(in watch: Watch, column: String, equals text: String, limit: Int)
    async throws(SourceProblem)
    -> [RowAnswer]

  /// What a date column holds: how many rows have an anchor, and how many hold each kind of unusable value.
  func census(
    of column: String, in watch: Watch, as use: ColumnUse
  ) async throws(SourceProblem) -> AnchorCensus

  /// How many rows that satisfy the conditions have each value of a column; of a column with more than
  /// `ValueTally.mostValues` values only so many are told.
  func tally(_ watch: Watch, column: String, conditions: [String], clock: QueryClock)
    async throws(SourceProblem) -> ValueTally

  /// The SQL that makes a watch's change log, and the SQL that removes it; applied by the admin, never by us.
  func changeLogDDL(for watch: Watch, columns: [String]) async throws(SourceProblem) -> String
}

/// What a source answers to each poll.
package struct SourcePulse: Hashable, Sendable {
  /// An identity that distinguishes this database from another at the same address.
  package let identity: String
  /// Differs from the last answer when something was committed in between, even if another source of this process gave
  /// that answer for the same database; says nothing about what.
  package let version: Int64

  package init(identity: String, version: Int64) {
    self.identity = identity
    self.version = version
  }
}

/// Why a source could not answer.
package struct SourceProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable, Codable {
    /// The database is missing, locked, not permitted, damaged or did not answer in time; it is asked again.
    case unreachable
    /// A watch's table, key or column is gone or cannot be read; others of the same source may go on.
    case watch
    /// A rule's SQL does not prepare or fails when run; the rule is quarantined alone.
    case condition
  }

  package let kind: Kind
  /// What the problem is about, such as a watch; nil if the text names it.
  package let subject: Problem.Subject?
  /// What happened, and why, without the subject.
  package let text: String
  /// What to do about it.
  package let hint: String?
  /// When the source is asked again; nil if nobody knows.
  package let retry: Retry?

  /// When a source that could not answer is asked again.
  package enum Retry: String, Hashable, Sendable, Codable {
    case nextPoll
  }

  package init(
    _ kind: Kind, of subject: Problem.Subject? = nil, _ text: String, hint: String? = nil,
    retry: Retry? = nil
  ) {
    self.kind = kind
    self.subject = subject
    self.text = text
    self.hint = hint
    self.retry = retry
  }

  // A ledger of an earlier version holds texts under this key.
  private enum CodingKeys: String, CodingKey {
    case kind, subject, hint, retry
    case text = "description"
  }

  /// What happened, to what, why, and what happens next.
  package var description: String {
    let next =
      switch retry {
      case .nextPoll: "; Kindly tries again at the next poll"
      case nil: ""
      }
    return "\(subject.map { "\($0.words): " } ?? "")\(text)\(next)"
  }

  /// The same problem for a caller that asks only once and does not poll.
  package var askedOnce: SourceProblem { SourceProblem(kind, of: subject, text, hint: hint) }
}

/// What `:now` and `:today` mean in a question.
package struct QueryClock: Hashable, Sendable {
  package let now: Instant
  /// The configured zone: `:now` is its wall time `2026-02-10 09:30:00`, `:today` its date.
  package let zone: Zone

  package init(now: Instant, zone: Zone) {
    self.now = now
    self.zone = zone
  }

  package var nowText: String {
    zone.wallClock(at: now).text
  }

  package var todayText: String { zone.date(at: now).description }
}
