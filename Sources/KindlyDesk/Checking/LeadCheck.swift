import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Checks that the leads of colleagues are there, and that nobody is their own lead.
struct LeadCheck {
  let inquiry: CustomerInquiry
  let colleagues: ColleagueDirectory
  /// The colleagues' watch.
  let watch: Watch

  /// The most colleagues whose leads are checked; a larger company has its own tools for that.
  private static let mostColleagues = 10_000

  func check(_ report: inout CheckReport) async {
    guard colleagues.people.links[.lead] != nil else { return }
    do {
      let rows = try await inquiry.source(of: watch).sample(watch, limit: LeadCheck.mostColleagues)
      let people = rows.map { colleagues.people.person(key: $0.key, $0.values) }
      let leads = Dictionary(
        people.compactMap { person in colleagues.lead(of: person).map { (person.key, $0) } }
      ) { first, _ in first }
      warnOfCircles(leads, &report)
      try await warnOfUnknown(leads, known: Set(people.map(\.key)), &report)
    } catch let problem as SourceProblem {
      report.add(problem, at: watch.place)
    } catch {
      report.error("\(error)", at: watch.place)
    }
  }

  private func warnOfCircles(_ leads: [RowKey: RowKey], _ report: inout CheckReport) {
    let circular = LeadCircles.members(of: leads)
    guard !circular.isEmpty else { return }
    report.warn(
      "watch \(watch.name): \(counted(circular.count, "colleague")) \(circular.count == 1 ? "is their own lead" : "are their own leads"), directly or through others: \(named(circular)); "
        + "messages to their lead reach nobody", at: watch.place)
  }

  private func warnOfUnknown(
    _ leads: [RowKey: RowKey], known: Set<RowKey>, _ report: inout CheckReport
  ) async throws {
    let doubtful = Set(leads.values).subtracting(known)
    guard !doubtful.isEmpty else { return }
    // The database may treat keys that are written differently as equal.
    let found = try await inquiry.source(of: watch).rows(
      RowQuestion(
        watch: watch, keys: Array(doubtful.sorted().prefix(RowQuestion.mostKeys)),
        clock: inquiry.clock))
    let unknown = doubtful.filter { found[$0] == nil }
    guard !unknown.isEmpty else { return }
    report.warn(
      "watch \(watch.name): \(counted(unknown.count, "lead is", "leads are")) not in the directory: \(named(unknown)); "
        + "messages to them reach nobody", at: watch.place)
  }

  private func named(_ keys: some Collection<RowKey>) -> String {
    let shown = keys.sorted().prefix(SourceProblem.mostNamedRows).map(\.description)
    let rest = keys.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
