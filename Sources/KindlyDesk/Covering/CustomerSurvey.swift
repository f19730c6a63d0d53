package import KindlyConfig
package import KindlyCore
import KindlyDaemon

/// Reads all customers, one page at a time, and counts those that each channel reaches.
package struct CustomerSurvey {
  package let inquiry: CustomerInquiry
  package let directory: PeopleDirectory
  package let watch: Watch
  package let channels: [ChannelSettings]
  /// Nil before the first start: nothing is suppressed then.
  package let ledger: (any ReadingLedger)?
  /// Called for every customer whom a channel does not reach, as they are found.
  package let report: (UnreachedCustomer) -> Void
  /// Called with the number of additional rows read.
  package let progress: (Int) -> Void

  package init(
    inquiry: CustomerInquiry, directory: PeopleDirectory, watch: Watch,
    channels: [ChannelSettings], ledger: (any ReadingLedger)?,
    report: @escaping (UnreachedCustomer) -> Void, progress: @escaping (Int) -> Void
  ) {
    self.inquiry = inquiry
    self.directory = directory
    self.watch = watch
    self.channels = channels
    self.ledger = ledger
    self.report = report
    self.progress = progress
  }

  /// How many rows the count will read; nil if they cannot be counted.
  package func expectedRows() async -> Int? {
    // Losing the error is right: the count meets and reports it.
    try? await inquiry.source(of: watch).count(watch, conditions: [], clock: inquiry.clock).matching
  }

  /// The count, or why the customers could not be read.
  package func result() async throws -> Result<CustomerCount, SourceProblem> {
    do {
      return .success(try await count())
    } catch let problem as SourceProblem {
      return .failure(problem)
    }
  }

  private func count() async throws -> CustomerCount {
    let source = try inquiry.source(of: watch)
    let findings = try await source.examine(.customers(watch, directory))
    if let fault = findings.first(where: \.isError) { throw SourceProblem(.condition, fault.text) }
    var count = CustomerCount(channels, phoneColumn: directory.column(of: .phone).map(named))
    var after: SortKey?
    repeat {
      let slice = try await source.sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: [], captured: []), after: after))
      let keys = slice.rows.compactMap(\.key.rowKey)
      for start in stride(from: 0, to: keys.count, by: CoverageSurvey.page) {
        let page = Array(keys[start..<min(start + CoverageSurvey.page, keys.count)])
        try await tally(page, in: &count)
        progress(page.count)
      }
      count.refused += slice.refused.missing + slice.refused.duplicate
      if slice.through == nil { count.refused += slice.unread }
      after = slice.through
    } while after != nil
    return count
  }

  private func tally(_ keys: [RowKey], in count: inout CustomerCount) async throws {
    let entries = try await inquiry.customers(Set(keys))
    let addresses = entries.values.flatMap(\.person.knownAddresses)
    let suppressed = try await ledger?.suppressed(addresses, for: .service) ?? []
    for entry in keys.compactMap({ entries[$0] }) {
      let customer = entry.person
      if let fault = entry.fault { count.note(fault, on: customer.key) }
      guard entry.holds else { continue }
      var found: [ExactText: Obstacle] = [:]
      for channel in channels {
        guard let obstacle = customer.obstacle(over: channel.address, suppressed: suppressed) else {
          continue
        }
        found[channel.name] = obstacle
        report(
          UnreachedCustomer(
            channel: channel.name, customer: customer.key, obstacle: obstacle,
            column: named(directory.column(of: channel.address) ?? watch.key.joined(separator: ","))
          )
        )
      }
      count.add(customer, found)
    }
  }

  private func named(_ column: String) -> String { "\(watch.name).\(column)" }
}
