package import KindlyCore

extension MomentSearch {
  /// Reads rows about which the step told a date that is still ahead, as occurrences of their current dates. It does
  /// not decide whether the dates have moved.
  ///
  /// It leaves out rows that are gone, have no date, or do not meet the conditions, because their customers have no new
  /// date to be told.
  ///
  /// - Parameter keys: at most `RowQuestion.mostKeys`.
  package func corrections(of keys: [RowKey]) async throws -> Page {
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
