import Foundation
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// A forecast beside what is then sent, in a company with a rule of every form and customers in three zones.
@Suite("A forecast of rules of every form")
struct ForecastFormsTests {
  private static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, tz TEXT, born DATE, signed_on DATE, ends_on DATE,
      meets_at TEXT, gap INTEGER);
    CREATE INDEX customers_born ON customers (born);
    CREATE INDEX customers_signed ON customers (signed_on);
    CREATE INDEX customers_ends ON customers (ends_on);
    CREATE INDEX customers_meets ON customers (meets_at);
    INSERT INTO customers VALUES
      (1, 'Wang', 'wang@example.com', 'Asia/Shanghai', '1990-04-10', '2025-12-31', '2026-04-07',
       '2026-03-09 09:30', 11),
      (2, 'Ada', 'ada@example.com', 'Europe/Berlin', '1988-05-01', '2026-02-28', '2026-05-04',
       '2026-03-30 14:00', 30),
      (3, 'Max', 'max@example.com', 'America/New_York', '2001-03-20', '2026-03-08', '2026-03-09',
       '2026-04-08 10:15', NULL),
      (4, 'Eva', NULL, 'Asia/Shanghai', '1975-03-31', '2026-03-14', '2026-05-11', NULL, 7),
      (5, 'Sun', 'sun@example.com', NULL, NULL, NULL, NULL, '2026-05-06 08:45', 45);
    """

  private static let configuration = """
    timezone: Asia/Shanghai
    delivery: live
    quiet hours: 21:00-08:30
    office hours: Mon-Fri 09:00-12:00, 13:30-18:00
    calendar: china
    state: FOLDER/state
    socket: FOLDER/control.sock
    sources:
      crm: { url: "sqlite://FOLDER/crm.db" }
    watches:
      customers: { source: crm, table: customers, key: id, changes: snapshot }
    customers: { watch: customers, name: name, email: email, timezone: tz }
    channels:
      email: { type: maildir, path: FOLDER/mail }
      inbox: { type: inbox }
    """

  /// The rules by their names: when each fires, and what else it says.
  private static let forms: KeyValuePairs = [
    "tomb-sweeping": "on festival 清明节, spread: 2h",
    "holiday": "2 days before 2026-05-01 at 10:00",
    "spring": "on 03-20 at 07:15, class: service",
    "birthday": "every year on lunar born, missing dates: later",
    "renewal": "3 workdays before ends_on at 09:30, late: skip after ends_on",
    "leaving": "1 week before ends_on at 22:00, on move: correct",
    "monthly": "every month on signed_on, off days: later",
    "meeting": "2 working hours before meets_at, quiet hours: none",
    "friday": "{ rrule: \"FREQ=MONTHLY;BYDAY=-1FR\", from: signed_on, at: 10:00 }",
    "course": "every 2 weeks after signed_on until ends_on at most 3 times",
    "interval": "every gap days after signed_on at 18:30",
    "evening": "every workday, send hours: weekdays 18:00-20:00, if: id = 2",
    "review": "every month on first workday at 12:00, if: id <> 3",
    "weekend": "every Saturday at 23:30, late: skip after 20 hours, if: id = 1",
    "joined": "3 days after insert at 11:00",
    "daily": "every day after signed_on, if: id = 1",
    "pairs": "every 2 days after signed_on, off days: later, if: id = 1",
  ]

  private static var rules: String {
    let rules = forms.map { name, form in
      let parts = form.hasPrefix("{") ? [form] : form.components(separatedBy: ", ")
      let others = parts.dropFirst().map { "    \($0)\n" }.joined()
      return """
          - name: \(name)
            watch: customers
            when: \(parts[0])
            send: email else inbox
            template: \(name)

        """ + others
    }
    return "rules:\n" + rules.joined()
  }

  /// What a forecast of 90 days says will leave, in order, and when.
  private func leaving(
    _ company: Company, mostHeld: Int
  ) async throws -> (lines: [String], instants: Set<Instant>) {
    var lines: [String] = []
    var instants: Set<Instant> = []
    for entry in try await company.forecast(days: 90, mostHeld: mostHeld) {
      guard case .leaves(let time, let channel) = entry.fate else { continue }
      instants.insert(time)
      lines.append("\(time) \(entry.customer?.description ?? "") \(entry.rule) \(channel)")
    }
    return (lines.sorted(), instants)
  }

  @Test("and of 90 days equals what then leaves, to the second and over the same channels")
  func equality() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Self.schema, configuration: Self.configuration,
      rules: Self.rules,
      files: [
        "calendars/china/2026.json": try String(
          contentsOfFile: Shipped.folder + "/calendars/china/2026.json", encoding: .utf8)
      ])
    try await company.turn()
    try company.write(
      "INSERT INTO customers (id, name, email) VALUES (6, 'Zhou', 'zhou@example.com')")
    try await company.turn(at: "2026-03-01 12:10")
    let start = company.clock.now
    let (expected, instants) = try await leaving(company, mostHeld: Forecast.mostHeld)
    // What memory cannot hold is searched in parts, which must not change what is found.
    #expect(try await leaving(company, mostHeld: 1).lines == expected)
    // Also between them, where something may leave that the forecast does not have.
    try await company.live(days: 90, at: ["00:30", "12:15", "20:45"], and: instants)
    let sent = try await company.daemon.ledger.reminders(
      ReminderSelection(states: [.sent]), before: nil, limit: 10_000)
    let actual = sent.map { reminder in
      "\(reminder.decided ?? start) \(reminder.customer?.description ?? "") \(reminder.rule) \(reminder.channel ?? "")"
    }
    #expect(actual.sorted() == expected)
    // A form of which nothing leaves would compare nothing.
    for (name, _) in Self.forms {
      #expect(sent.contains { $0.rule == name }, "rule \(name)")
    }
    #expect(sent.contains { $0.channel == "inbox" })
    await company.close()
  }
}
