import KindlyConfig
package import KindlyCore
import KindlyDaemon

/// A person who views tasks or the inbox, and the items that they may see.
package struct Viewer {
  /// Nil for somebody who acts for all.
  package let colleague: Person?
  /// The name in the history.
  package let name: String
  private let inquiry: CustomerInquiry

  /// Finds the person who asks.
  ///
  /// Throws a `ViewerRefusal` if the person is neither root nor a colleague, or may not act as `key`.
  ///
  /// - Parameters:
  ///   - key: the colleague in whose name they act; nil for themselves.
  ///   - user: their user name on this machine.
  ///   - isRoot: whether they may act for everybody.
  package init(
    as key: String?, user: String, isRoot: Bool, _ inquiry: CustomerInquiry
  ) async throws {
    self.inquiry = inquiry
    // Root may act for everybody, even while the colleagues' source does not answer.
    let own = isRoot ? nil : try await Viewer.colleague(ofUser: user, inquiry)
    guard let key else {
      guard isRoot || own != nil else {
        throw ViewerRefusal(
          "user \(user) is not a colleague: `user: COLUMN` under `colleagues:` names the column that holds user names"
        )
      }
      colleague = own
      name = colleague?.key.description ?? user
      return
    }
    guard isRoot || own?.key == RowKey(key) else {
      throw ViewerRefusal("user \(user) may not act as \(key); only root may act as somebody else")
    }
    let found = try await inquiry.colleague(RowKey(key))
    guard let found, found.holds else {
      throw ViewerRefusal(
        found == nil
          ? "there is no colleague \(key)"
          : "colleague \(key) has left: `colleagues: if` does not hold for them")
    }
    colleague = found.person
    name = found.person.key.description
  }

  /// The keys of the viewer and of their team; nil for a viewer who acts for everybody.
  package var assignees: [String]? {
    guard let colleague, let people = inquiry.configuration.colleagues?.people else { return nil }
    let team = people.links[.team].flatMap { colleague.values.value(ofColumn: $0) }
    let names = [team?.text.trimmed].compactMap(\.self).filter { !$0.isEmpty }
    return [colleague.key.description] + names.map { Team.key(of: $0).description }
  }

  /// The tasks that the viewer may see: their own and those of their team.
  package func visible(_ tasks: [TaskRecord]) async throws -> [TaskRecord] {
    guard let assignees else { return tasks }
    let own = tasks.filter { assignees.containsExactly($0.assignee) }
    return try await visible(own, about: \.customer) { _ in true }
  }

  /// The inbox entries that the viewer may see: those for them, for their team, and for every colleague.
  package func visible(_ entries: [InboxEntry]) async throws -> [InboxEntry] {
    guard let assignees else { return entries }
    let own = entries.filter { entry in
      entry.recipient.map(assignees.containsExactly) ?? true
    }
    return try await visible(own, about: \.customer) { $0.recipient != nil }
  }

  /// The items about customers that have the viewer's value in the column of `sees:`, and those about nobody that are
  /// addressed to the viewer or their team.
  private func visible<Item>(
    _ items: [Item], about customer: (Item) -> String?, isAddressed: (Item) -> Bool
  ) async throws -> [Item] {
    let configuration = inquiry.configuration
    guard let colleague, let directory = configuration.colleagues?.people,
      let column = directory.links[.sees],
      let own = try Viewer.value(in: column, of: colleague.values, in: directory.watch)
    else { return items }
    let home = configuration.customers?.watch ?? ""
    let width = configuration.watch(named: home)?.key.count ?? 1
    let keys = items.map { item in
      customer(item).map { RowKey.typed($0, columns: width) }
    }
    let customers = try await inquiry.customers(Set(keys.compactMap(\.self)))
    var visible: [Item] = []
    for (item, key) in zip(items, keys) {
      guard let key else {
        if isAddressed(item) { visible.append(item) }
        continue
      }
      guard let person = customers[key]?.person else { continue }
      let value = try Viewer.value(in: column, of: person.values, in: home)
      if value?.isExactly(own) == true { visible.append(item) }
    }
    return visible
  }

  /// What the column of `sees:` holds for a colleague or customer; nil if it holds nothing.
  ///
  /// Throws a `ViewerRefusal` if there is no such column, because a colleague without a value sees all customers.
  private static func value(
    in column: String, of person: RowValues, in watch: String
  ) throws(ViewerRefusal) -> String? {
    guard let value = person.value(ofColumn: column) else {
      throw ViewerRefusal(
        "expected watch \(watch) to have the column \(column) that `sees:` under `colleagues:` names, got none such; a colleague with `sees:` sees nothing until the watch or `sees:` is corrected"
      )
    }
    let text = value.text.trimmed
    return text.isEmpty ? nil : text
  }

  /// A task that the viewer may see, with its history.
  package func task(
    _ id: Int64, in ledger: any ReadingLedger
  ) async throws -> (task: TaskRecord, events: [TaskEvent]) {
    guard let found = try await ledger.task(id), try await !visible([found.task]).isEmpty else {
      throw ViewerRefusal("there is no task \(id); `kindly task list` shows the ids")
    }
    return found
  }

  /// The zone for a task: that of the viewer, of the colleague who has the task, or else of the company.
  package func zone(for task: TaskRecord) async throws -> Zone {
    if let colleague { return colleague.zone ?? inquiry.zone }
    let assignee = try await inquiry.colleague(RowKey(task.assignee))?.person
    return assignee?.zone ?? inquiry.zone
  }

  /// The key of a colleague or team who can be given a task.
  package func assignee(_ name: String) async throws -> String {
    if let team = inquiry.configuration.teams.first(where: {
      Team.key(of: $0.name).description.isExactly(name)
    }) {
      return team.person.key.description
    }
    guard let found = try await inquiry.colleague(RowKey(name)), found.holds else {
      let teams = inquiry.configuration.teams.map { "team \($0.name)" }.joined(separator: ", ")
      throw ViewerRefusal(
        "there is no colleague or team \(name)" + (teams.isEmpty ? "" : "; the teams are \(teams)"))
    }
    return found.person.key.description
  }

  /// Whether a user of this machine is a colleague who sees only some of the customers.
  ///
  /// Colleagues who have left count, and so do all who share a user name.
  ///
  /// Throws a `SourceProblem` if their rows cannot be read.
  package static func seesOnlySome(user: String, _ inquiry: CustomerInquiry) async throws -> Bool {
    guard let people = inquiry.configuration.colleagues?.people,
      let column = people.links[.sees], let userColumn = people.links[.user],
      let watch = inquiry.configuration.watch(named: people.watch)
    else { return false }
    let rows = try await inquiry.source(of: watch).find(
      in: watch, column: userColumn, equals: user, limit: mostNamesakes)
    return try rows.contains { row in
      try row.values.value(ofColumn: userColumn)?.text.isExactly(user) == true
        && value(in: column, of: row.values, in: watch.name) != nil
    }
  }

  /// More colleagues than will ever share a user name.
  private static let mostNamesakes = 100

  private static func colleague(
    ofUser user: String, _ inquiry: CustomerInquiry
  ) async throws -> Person? {
    guard let directory = inquiry.configuration.colleagues,
      let column = directory.people.links[.user]
    else { return nil }
    if let listed = directory.listed {
      return listed.first { $0.values[column]?.text.isExactly(user) == true }.map {
        directory.people.person(key: $0.key, $0.values)
      }
    }
    guard let watch = inquiry.configuration.watch(named: directory.people.watch) else { return nil }
    let rows = try await inquiry.source(of: watch).find(
      in: watch, column: column, equals: user, limit: 2)
    // Two colleagues with the same user would see each other's tasks.
    guard rows.count == 1, let row = rows.first,
      row.values.value(ofColumn: column)?.text.isExactly(user) == true,
      let entry = try await inquiry.colleague(row.key), entry.holds
    else { return nil }
    return entry.person
  }
}

/// Why somebody may not see something or act on it.
package struct ViewerRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
