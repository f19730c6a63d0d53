import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Counts for how many rows a step finds no recipient among the colleagues, or one without a usable address.
///
/// Rows name few different colleagues, so the source counts the rows of each, and each is looked up once.
struct RecipientCount {
  let inquiry: CustomerInquiry
  let rule: Rule
  let step: Step
  let watch: Watch

  private var configuration: Configuration { inquiry.configuration }

  /// Rows that name the same colleague.
  private struct Group {
    let request: RecipientLookup.Request
    let rows: Int
  }

  func check(_ report: inout CheckReport) async {
    for role in step.recipients where role.isColleague {
      do {
        try await check(role, &report)
      } catch let problem as SourceProblem {
        report.add(problem, at: step.place)
      } catch {
        report.error("\(error)", at: step.place)
      }
    }
  }

  private func check(_ role: RecipientRole, _ report: inout CheckReport) async throws {
    let groups = try await groups(of: role)
    let answers = try await inquiry.recipients(groups.map(\.request))
    let total = groups.reduce(0) { $0 + $1.rows }
    let what = role.column != nil ? "row of \(watch.name)" : "customer"
    var found: [ExactText: (lack: Lack, rows: Int, keys: [RowKey])] = [:]
    for (group, answer) in zip(groups, answers) where group.rows > 0 {
      for lack in lacks(in: answer.recipient, role) {
        found[lack.text, default: (lack, 0, [])].rows += group.rows
        found[lack.text]?.keys += [lack.key].compactMap(\.self)
      }
    }
    for lack in found.sorted(by: { ($1.value.rows, $0.key) < ($0.value.rows, $1.key) }).map(\.value)
    {
      let keys = Set(lack.keys).sorted().prefix(RecipientCount.mostNamed).map(\.description)
      let named = keys.isEmpty ? "" : " (\(keys.joined(separator: ", ")))"
      report.warn(
        "rule \(rule.name): \(words(for: lack.lack, role)) \(lack.rows) of \(counted(total, what, plural(what))): \(lack.lack.text)\(named)",
        at: step.place)
    }
  }

  /// A reason why recipients cannot be reached.
  private struct Lack {
    let text: String
    /// The colleague; nil if the row names none.
    let key: RowKey?
    /// The channel that carries the card of a task, if it alone cannot reach them.
    var carrier: Route?
  }

  private func words(for lack: Lack, _ role: RecipientRole) -> String {
    lack.carrier.map { "`via: \($0)` cannot carry the task's card for" }
      ?? "`to: \(role.text)` reaches nobody for"
  }

  /// As many keys as a person looks up one by one.
  private static let mostNamed = 5

  private func plural(_ what: String) -> String {
    what == "customer" ? "customers" : "rows of \(watch.name)"
  }

  /// The reasons why a recipient cannot be reached; over a route, only those that apply to all its channels.
  private func lacks(
    in recipient: Result<Person, RecipientProblem>, _ role: RecipientRole
  ) -> [Lack] {
    switch recipient {
    case .failure(.absence(let absence)):
      return [Lack(text: absence.plural, key: absence.colleague)]
    case .failure(.fault(let key, let problem)): return [Lack(text: problem.description, key: key)]
    case .success(let person):
      return step.legs.filter { $0.recipient == role }.compactMap { leg in
        let route = leg.route
        let kinds = route.channels.compactMap { configuration.channel(named: $0)?.address }
        guard !kinds.isEmpty,
          kinds.allSatisfy({ person.obstacle(over: $0, suppressed: []) != nil })
        else { return nil }
        return Lack(
          text: "colleagues without a valid address for \(route)", key: person.key,
          carrier: leg.isCarrier ? route : nil)
      }
    }
  }

  /// The rows by the colleague whom they name.
  private func groups(of role: RecipientRole) async throws -> [Group] {
    guard let column = role.column else { return try await groupsOfOwners(role) }
    let rows = try await groups(by: column, in: watch, step.conditionsOfRow)
    return rows.map { value, rows in
      Group(
        request: RecipientLookup.Request(
          role, about: nil, this: [ExactText(column): value]),
        rows: rows)
    }
  }

  /// The customers by their owners; the owner of a row is that of its customer.
  private func groupsOfOwners(_ role: RecipientRole) async throws -> [Group] {
    guard let customers = configuration.customers, let column = customers.links[.owner],
      let home = configuration.watch(named: customers.watch)
    else { return [] }
    let own = home.name.isExactly(watch.name) ? step.conditionsOfRow : []
    let conditions = [customers.condition].compactMap(\.self) + own
    return try await groups(by: column, in: home, conditions).map { value, rows in
      let about = Person(key: RowKey(""), name: "", values: [ExactText(column): value])
      return Group(request: RecipientLookup.Request(role, about: about, this: [:]), rows: rows)
    }
  }

  /// The number of rows with each value of a column, and with none.
  private func groups(
    by column: String, in watch: Watch, _ conditions: [String]
  ) async throws -> [(value: Value, rows: Int)] {
    let source = try inquiry.source(of: watch)
    let tally = try await source.tally(
      watch, column: column, conditions: conditions, clock: inquiry.clock)
    let all = try await source.count(watch, conditions: conditions, clock: inquiry.clock).matching
    let named = tally.rows.reduce(0) { $0 + $1.count }
    return tally.rows.map { (Value.text($0.text), $0.count) } + [(.null, max(0, all - named))]
  }
}
