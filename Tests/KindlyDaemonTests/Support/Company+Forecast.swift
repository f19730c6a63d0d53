import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlySQLiteLedger
import KindlyTestKit
import Testing

extension Company {
  /// What a forecast of the coming days says, in the order in which it finds it.
  func forecast(
    days: Int, customer: String? = nil, ofRule name: String? = nil,
    mostHeld: Int = Forecast.mostHeld
  ) async throws -> [ForecastEntry] {
    let configuration = daemon.configuration
    let inquiry = CustomerInquiry(configuration, now: clock.now)
    let ledger = try SQLiteLedgerReader(path: StatePaths(configuration).ledger)
    let forecast = try await Forecast(
      inquiry, ledger: ledger, through: clock.now + .days(days),
      customer: customer.flatMap { RowKey([.text($0)]) }, mostHeld: mostHeld)
    var found: [ForecastEntry] = []
    for rule in configuration.rules where name.map({ rule.name == $0 }) ?? true {
      let faults = try await forecast.entries(of: rule) { found += $0 }
      #expect(faults.isEmpty, "rule \(rule.name)")
    }
    await inquiry.close()
    await ledger.close()
    return found
  }

  /// What other rules would send differently in the coming days: a tally for each rule.
  func tallies(
    to rules: String, days: Int, most: Int = .max
  ) async throws -> [ForecastComparison.Tally] {
    try folder.write(rules, to: "rules.d/10-rules.yaml")
    let loader = ConfigurationLoader(folders: [folder.path], channelTypes: ChannelTypes.all)
    let other = try loader.load()
    let inquiries = [daemon.configuration, other].map { CustomerInquiry($0, now: clock.now) }
    let ledger = try SQLiteLedgerReader(path: StatePaths(daemon.configuration).ledger)
    let through = clock.now + .days(days)
    let comparison = ForecastComparison(
      from: try await Forecast(inquiries[0], ledger: ledger, through: through),
      to: try await Forecast(inquiries[1], ledger: ledger, through: through), most: most)
    let tallies = try await comparison.tallies()
    for inquiry in inquiries { await inquiry.close() }
    await ledger.close()
    return tallies.map { $0.tally }
  }

  /// Turns at these instants, and at these times of each day until a number of days is over.
  func live(days: Int, at times: [String], and instants: Set<Instant> = []) async throws {
    let end = clock.now + .days(days)
    let times = times.compactMap(TimeOfDay.init)
    var all = instants
    var date = zone.date(at: clock.now)
    while zone.instant(of: WallClock(date: date, secondOfDay: 0)) <= end {
      for time in times { all.insert(zone.instant(of: WallClock(date: date, at: time))) }
      date = date.adding(days: 1)
    }
    for instant in all.sorted() where instant > clock.now && instant <= end {
      clock.advance(to: instant)
      try await daemon.turn()
    }
    clock.advance(to: end)
  }
}
