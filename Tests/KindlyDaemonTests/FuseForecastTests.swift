import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What a forecast says about fuses, compared with what the fuse then does.
@Suite("A forecast of the fuse")
struct FuseForecastTests {
  private struct Finding {
    var floods: [BlownFuse] = []
    var leaving = 0
    var held = 0
  }

  private func forecast(_ company: Company, days: Int) async throws -> Finding {
    let configuration = company.daemon.configuration
    let inquiry = CustomerInquiry(configuration, now: company.clock.now)
    let ledger = try SQLiteLedgerReader(path: StatePaths(configuration).ledger)
    let forecast = try await Forecast(
      inquiry, ledger: ledger, through: company.clock.now + .days(days))
    var finding = Finding()
    for rule in configuration.rules {
      var fuse = FuseForecast(of: rule, in: forecast)
      _ = try await forecast.entries(of: rule) { entries in
        for entry in entries {
          fuse.add(entry)
          switch entry.fate {
          case .leaves: finding.leaving += 1
          case .stays(let reason): if reason == .fuse { finding.held += 1 }
          }
        }
      }
      finding.floods += try await forecast.floods(of: rule, fuse)
    }
    await inquiry.close()
    await ledger.close()
    return finding
  }

  private func company(rule: String) async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + """
        DELETE FROM customers;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
        INSERT INTO customers (id, name, email, status, ends_on)
        SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial',
          CASE WHEN i <= 300 THEN '2026-03-20' ELSE '2026-03-22' END FROM n;
        """, configuration: Simple.configuration(), rules: "rules:\n  - { \(rule) }")
    try await company.turn()
    return company
  }

  private static let ended =
    "name: ended, watch: customers, when: on ends_on, send: email, template: ended"

  @Test("names the day that is then held, and not again once it is held or released")
  func foretold() async throws {
    let company = try await company(rule: Self.ended)
    let ahead = try await forecast(company, days: 30)
    let flood = BlownFuse(
      day: "2026-03-20", letters: 300, fuse: Fuse(most: Fuse.fewest, basis: .noHistory))
    #expect(ahead.floods == [flood])
    #expect(ahead.leaving == 350 && ahead.held == 0)

    try await company.turn(at: "2026-03-19 10:00")
    let held = try await forecast(company, days: 30)
    #expect(held.floods.isEmpty)
    #expect(held.leaving == 50 && held.held == 300)

    let released = try await company.daemon.ledger.release(
      "ended", first: nil, through: nil, note: ActionNote(uid: 7, user: "li", because: "meant"),
      now: company.clock.now)
    #expect(released.released == 300)
    let meant = try await forecast(company, days: 30)
    #expect(meant.floods.isEmpty)
    #expect(meant.leaving == 350 && meant.held == 0)
    await company.close()
  }

  @Test(
    "counts what a rule says is meant, and takes a single day of the calendar for unusual",
    arguments: [
      (ended + ", fuse: 300 a day", []),
      (ended + ", fuse: 299 a day", ["2026-03-20 of 299 declared"]),
      (
        "name: greeting, watch: customers, when: on 03-08, send: email, template: greeting",
        ["2026-03-08 of 100 occasion"]
      ),
    ])
  func limits(_ rule: String, _ expected: [String]) async throws {
    let company = try await company(rule: rule)
    let floods = try await forecast(company, days: 30).floods
    #expect(floods.map { "\($0.day) of \($0.fuse.most) \($0.fuse.basis)" } == expected)
    await company.close()
  }
}
