package import KindlyCore
import Logging

/// The customers with an unknown time zone; the company's zone is used for them.
package struct UnknownZones: Sendable {
  /// What the zone's column holds instead of a zone, and how many customers each.
  package let values: [(text: String, count: Int)]
  private let column: String
  private let companyZone: Zone

  /// Counts them in the directory's watch; nil where customers have no zones of their own.
  package static func count(
    _ directory: CustomerDirectory, in watch: Watch, of source: any ExplainingSource,
    clock: QueryClock
  ) async throws(SourceProblem) -> UnknownZones? {
    guard let column = directory.timezone else { return nil }
    let tally = try await source.tally(
      watch, column: column, conditions: directory.condition.map { [$0] } ?? [], clock: clock)
    let unknown = tally.rows.filter { Zone.reading($0.text) == nil }
    return UnknownZones(
      values: unknown.sorted { $0.count > $1.count }, column: "\(watch.name).\(column)",
      companyZone: clock.zone)
  }

  package var customers: Int { values.reduce(0) { $0 + $1.count } }

  /// How many there are and how they are treated; nil if there are none.
  package var sentence: String? {
    guard customers > 0 else { return nil }
    return
      "\(counted(customers, "customer")) \(customers == 1 ? "has" : "have") an unknown time zone in \(column) "
      + "and \(customers == 1 ? "is" : "are") treated as being in \(companyZone.identifier)"
  }
}

extension Scheduler {
  /// Counts the customers of a source without a zone that is known, at each reload and once a day.
  func countUnknownZones(_ generation: Generation, in name: String, now: Instant) async {
    guard let directory = generation.directory, let watch = generation.watches[directory.watch],
      watch.source.isExactly(name), let source = generation.source(of: watch)
    else { return }
    do throws(SourceProblem) {
      let unknown = try await UnknownZones.count(
        directory, in: watch, of: source, clock: generation.databases.clock(at: now))
      let remark = unknown?.sentence.map { "\($0); `kindly check` shows which" }
      let (new, gone) = health.record(remarks: [remark].compactMap(\.self), of: .customers)
      for remark in new { log.warning("\(remark)", metadata: ["watch": "\(watch.name)"]) }
      for remark in gone { log.notice("resolved: \(remark)", metadata: ["watch": "\(watch.name)"]) }
    } catch {
      // The watcher reports a source that does not answer or a watch that cannot be read; the next day counts again.
      return
    }
  }
}
