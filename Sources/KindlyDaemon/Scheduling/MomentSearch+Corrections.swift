package import KindlyCore

extension MomentSearch {
  /// Gives `body` the rows about which the step told a date that is still ahead, as occurrences of their current dates.
  /// The ledger decides whether these are other dates.
  ///
  /// It asks for those rows only, by their keys, a page at a time. It leaves out rows that are gone, have no date, or
  /// do not meet the conditions, because their customers have no new date to be told.
  ///
  /// - Parameters:
  ///   - rule: the name by which the ledger knows the rule; `name` is the step's.
  package func corrections(
    announcedIn ledger: any AnnouncingLedger, rule: String, step name: String,
    _ body: (Page) async throws -> Void
  ) async throws {
    var place: AnnouncementPlace? = AnnouncementPlace(until: now, reminder: .max)
    while let after = place {
      try LongTurn.goOn()
      let announced = try await ledger.announcedRows(
        rule: rule, step: name, after: after, limit: RowQuestion.mostKeys)
      if !announced.keys.isEmpty { try await body(try await corrections(of: announced.keys)) }
      place = announced.next
    }
  }

  private func corrections(of keys: [RowKey]) async throws -> Page {
    let dates = try await databases.dates(of: watch, in: source, now: now)
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: keys, conditions: step.conditions, clock: databases.clock(at: now)))
    let owners = rows.values.compactMap(\.customer)
    let customers = try await databases.lookup(now: now, in: step.segments).find(Set(owners))
    let spellings = await spellings(of: owners)
    let found = keys.compactMap { key in rows[key].map { (key, $0) } }
    let people = try await databases.timekeepers(of: step, now: now).find(
      found.map { _, row in (row.customer.flatMap { customers[$0]?.person }, row.values) })
    var page = Page(candidates: keys.count)
    for ((key, row), timekeeper) in zip(found, people) {
      if let fault = row.fault {
        page.faults.append(RowFault(watch: watch.name, key: key, problem: fault))
      }
      let owner = row.customer
      let entry = owner.flatMap { customers[$0] }
      guard row.holds, entry?.holds != false,
        owner != nil || step.segments.isEmpty && watch.isAboutNobody(customer: nil)
      else { continue }
      let occurrence = step.correction(
        of: row, customer: owner.map { spellings[$0] ?? $0 }, as: dates, at: now,
        in: databases.momentContext(of: watch, for: timekeeper))
      if let occurrence { page.occurrences.append(occurrence) }
    }
    return page
  }
}
