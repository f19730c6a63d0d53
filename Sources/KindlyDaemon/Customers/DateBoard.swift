package import KindlyCore
import Synchronization

/// The date kinds of every watch's columns, from the watch's statements and from its values.
///
/// Values are sampled again every minute for a small table and every 15 minutes for a large one, and each sample decides
/// alone, as in `kindly check` and `kindly why`: a notation that a few early values seemed to have must not outlive them.
package final class DateBoard: Sendable {
  fileprivate struct Entry {
    var kinds: DateKinds
    var unusable: [ExactText: [Anchor.Unusable: Int]]
    var asked: Instant
    var isWhole: Bool
  }

  private let entries = Mutex<[ExactText: Entry]>([:])

  /// How long an answer about a table that was read whole holds: its next rows may say more.
  fileprivate static let smallTable = Duration.minutes(1)
  /// How long an answer is valid for a larger table, whose answers hardly differ.
  fileprivate static let largeTable = Duration.minutes(15)

  package init() {}

  /// The kinds of a watch's columns as last found; all unknown for a watch that was never asked about.
  package func known(_ watch: String) -> DateKinds {
    entries.withLock { $0[ExactText(watch)]?.kinds } ?? DateKinds()
  }

  /// The unusable values that were read in columns which rules go by, a fact for each column.
  package func unusableValues(in watch: String) -> [Problem.Fact] {
    guard let entry = entries.withLock({ $0[ExactText(watch)] }) else { return [] }
    return entry.unusable.filter { !$0.value.isEmpty }.map {
      .unusableDates(column: $0.string, counts: $1, isSample: !entry.isWhole)
    }
  }

  /// The kinds of a watch's columns; sampled again if the last answer is too old.
  ///
  /// - Parameters:
  ///   - schedules: the schedules of the rules, with the columns that they read.
  ///   - others: other columns that hold dates.
  ///   - zone: the zone of wall times in the source.
  package func kinds(
    of watch: Watch, schedules: [Schedule], and others: [String] = [],
    in source: any AskingSource, zone: Zone, now: Instant
  ) async throws(SourceProblem) -> DateKinds {
    let before = entries.withLock { $0[ExactText(watch.name)] }
    if let before, !before.isOld(at: now) { return before.kinds }
    let columns = schedules.flatMap { schedule in
      schedule.columns.map { (column: $0, schedule: schedule) }
    }
    let evidence = try await source.dateEvidence(
      of: DateQuestion(
        watch: watch,
        sought: Set(texts: columns.map(\.column.name) + others).map(\.string).sorted()))
    // By folded names, because a rule may spell a column in another case than the database.
    let values = Dictionary(evidence.values.map { ($0.key.folded, $0.value) }) { $0 + $1 }
    let ruled = Set(columns.map(\.column.name.folded))
    let names = Set(values.keys).union(ruled).union(watch.dates.named)
    var kinds: [ExactText: DateKind] = [:]
    var unusable: [ExactText: [Anchor.Unusable: Int]] = [:]
    for name in names {
      var sample = DateSample(zone: zone)
      for value in values[name] ?? [] { sample.take(value) }
      let stated = sample.kind.stating(watch.dates.forms(of: name.string), sourceZone: zone)
      kinds[name] = stated
    }
    let found = DateKinds(kinds)
    for (column, schedule) in columns {
      let name = column.name.folded
      var census = AnchorCensus()
      let use = schedule.use(of: column, found)
      for value in values[name] ?? [] { census.take(value, as: use) }
      // A column that two rules read differently is told of once.
      unusable[name, default: [:]].merge(
        census.unusable.filter { $0.key != .empty }, uniquingKeysWith: max)
    }
    let entry = Entry(
      kinds: found, unusable: unusable, asked: now,
      isWhole: evidence.isWhole)
    entries.withLock { $0[ExactText(watch.name)] = entry }
    return entry.kinds
  }
}

extension DateBoard.Entry {
  /// A clock that was set back makes an answer old, too.
  fileprivate func isOld(at now: Instant) -> Bool {
    let age = isWhole ? DateBoard.smallTable : DateBoard.largeTable
    return now < asked || now >= asked + age
  }
}
