package import KindlyCore
import Logging

/// The customers whose rows name an unknown time zone or calendar; the company's is used for them.
package struct UnknownNames: Sendable {
  /// The unknown values of the column, and how many customers have each.
  package let values: [(text: String, count: Int)]
  private let column: ExactText
  private let kind: UnknownNameCount.Kind

  /// How many there are; nil if there are none.
  var count: UnknownNameCount? {
    let customers = values.reduce(0) { $0 + $1.count }
    return customers > 0 ? UnknownNameCount(kind, in: column, customers: customers) : nil
  }

  /// How many there are and how they are treated; nil if there are none.
  package var sentence: String? { count?.sentence }

  /// Counts the customers with an unknown zone; nil where customers have no zones of their own.
  package static func zones(
    _ directory: PeopleDirectory, in watch: Watch, of source: any ExplainingSource,
    clock: QueryClock
  ) async throws(SourceProblem) -> UnknownNames? {
    guard let column = directory.timezone else { return nil }
    let tally = try await source.tally(of: column, directory, in: watch, clock: clock)
    return UnknownNames(
      values: tally.rows.filter { Zone.reading($0.text) == nil }.sorted { $0.count > $1.count },
      column: ExactText("\(watch.name).\(column)"),
      kind: .timezone(company: clock.zone.identifier))
  }

  /// Counts the customers by the calendars that they name, and those who name an unknown one; nil where customers name none.
  package static func calendars(
    _ directory: PeopleDirectory, in watch: Watch, of source: any ExplainingSource,
    clock: QueryClock
  ) async throws(SourceProblem) -> (known: [ExactText: Int], unknown: UnknownNames)? {
    guard let column = directory.calendar else { return nil }
    let tally = try await source.tally(of: column, directory, in: watch, clock: clock)
    var known: [ExactText: Int] = [:]
    var unknown: [(text: String, count: Int)] = []
    for row in tally.rows {
      let name = ExactText(row.text.trimmed)
      if directory.calendars[name] != nil {
        known[name, default: 0] += row.count
      } else if !name.string.isEmpty {
        unknown.append((row.text, row.count))
      }
    }
    let names = UnknownNames(
      values: unknown.sorted { $0.count > $1.count },
      column: ExactText("\(watch.name).\(column)"), kind: .calendar)
    return (known, names)
  }
}

extension ExplainingSource {
  /// Counts the values of a column of the directory's watch, for customers whom rules may be about.
  package func tally(
    of column: String, _ directory: PeopleDirectory, in watch: Watch, clock: QueryClock
  ) async throws(SourceProblem) -> ValueTally {
    try await tally(
      watch, column: column, conditions: directory.condition.map { [$0] } ?? [], clock: clock)
  }
}

extension Scheduler {
  /// Counts the customers of a source who name an unknown zone or calendar, at each reload and once a day.
  func countUnknownNames(_ generation: Generation, in name: String, now: Instant) async {
    guard let directory = generation.directory, let watch = generation.watches[directory.watch],
      watch.source.isExactly(name), let source = generation.source(of: watch)
    else { return }
    do throws(SourceProblem) {
      let clock = generation.databases.clock(at: now)
      let unknown = [
        try await UnknownNames.zones(directory, in: watch, of: source, clock: clock),
        try await UnknownNames.calendars(directory, in: watch, of: source, clock: clock)?.unknown,
      ]
      let problems = unknown.compactMap { $0?.count }.map {
        Problem(.customers, .unknownNames($0))
      }
      health.record(problems, foundIn: .customers)
        .tell(log, in: generation.zone, metadata: ["watch": "\(watch.name)"])
    } catch {
      // The watcher reports a source that does not answer or a watch that cannot be read; the next day counts again.
      return
    }
  }
}
