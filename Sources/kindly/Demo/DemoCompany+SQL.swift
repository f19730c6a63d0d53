import KindlyCore

extension DemoCompany {
  /// The tables as the company's application made them; Kindly has no say in them.
  static let tables = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, mobile TEXT, openid TEXT, lang TEXT, tz TEXT,
      status TEXT NOT NULL CHECK (status IN ('trial', 'active', 'expired')),
      trial_started_on DATE, trial_ends_on DATETIME, callback_at DATETIME, initial_password TEXT,
      owner TEXT NOT NULL DEFAULT 'anna', deleted INTEGER NOT NULL DEFAULT 0,
      updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')));
    CREATE TABLE leases (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
      status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'active', 'ended')),
      starts_on DATE, ends_on DATE);
    CREATE TABLE orders (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
      number TEXT NOT NULL, shipped_at DATETIME, carrier TEXT, tracking_number TEXT);
    CREATE TABLE invoices (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
      number TEXT NOT NULL, amount NUMERIC NOT NULL, currency TEXT NOT NULL, due_on DATETIME,
      status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'disputed')));
    CREATE TABLE complaints (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
      text TEXT NOT NULL, answer_by DATETIME NOT NULL, answered_at DATETIME);
    CREATE INDEX complaints_by_time ON complaints (answer_by);
    CREATE INDEX customers_by_update ON customers (updated_at);
    CREATE INDEX customers_by_trial_end ON customers (trial_ends_on);
    CREATE INDEX customers_by_callback ON customers (callback_at);
    CREATE INDEX invoices_by_due ON invoices (due_on);
    """

  /// The application moves `updated_at` on with each change.
  static let touching = """
    CREATE TRIGGER customers_touched AFTER UPDATE ON customers WHEN NEW.updated_at IS OLD.updated_at
    BEGIN
      UPDATE customers SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = NEW.id;
    END;
    """

  /// What the warehouse sends every night, and the application then loads anew.
  private static let nightlyExport = "CREATE TABLE nightly_orders AS SELECT * FROM orders"

  /// Everything that is in the tables before the demo begins.
  var inserts: [String] {
    customers + leases + orders + invoices + [DemoCompany.nightlyExport]
  }

  private func day(_ offset: Int) -> String { quoted(zone.date(at: now).adding(days: offset)) }

  /// A third has a lease, a third tries, the rest tried long ago. No date of theirs falls into the demo.
  private var customers: [String] {
    DemoCompany.people.enumerated().map { index, person in
      let id = index + 1
      let (status, start, end) = trial(of: id, in: person.origin)
      let values = [
        String(id), quoted(person.name), quoted(person.mail + ".example"), quoted(person.phone),
        person.origin == .china ? quoted("oDemo-\(id)") : "NULL", quoted(person.origin.language),
        quoted(person.origin.zone), quoted(status),
        start, end, id % 9 == 1 ? pastCall(of: id) : "NULL",
      ]
      return """
        INSERT INTO customers (id, name, email, mobile, openid, lang, tz, status, trial_started_on,
          trial_ends_on, callback_at)
        VALUES (\(values.joined(separator: ", ")))
        """
    }
  }

  private func pastCall(of id: Int) -> String {
    "'\(zone.date(at: now).adding(days: -3 - id)) 08:30:00'"
  }

  /// A customer's state, and the first and last day of the trial.
  private func trial(of id: Int, in origin: Origin) -> (status: String, from: String, to: String) {
    if Cast.endingSoon.contains(id) {
      let end = endOfTrial(in: Zone.named(origin.zone) ?? zone)
      return ("trial", quoted(end.adding(days: -30)), quoted(end))
    }
    if DemoCompany.holdsLease(id) { return ("active", day(-200 - id), day(-170 - id)) }
    if id % 3 == 1 { return ("trial", day(-1 - id % 19), day(29 - id % 19)) }
    return ("expired", day(-400 - id), day(-370 - id))
  }

  /// An end of trial for which "4 days before, at 09:30" is within the next 24 hours but not within the next minutes.
  /// So `status` has a letter to announce, and none is sent in the middle of the demo.
  private func endOfTrial(in zone: Zone) -> CivilDate {
    let today = zone.date(at: now)
    let letter = zone.instant(of: WallClock(date: today, secondOfDay: (9 * 60 + 30) * 60))
    return today.adding(days: letter > now + .minutes(5) ? 4 : 5)
  }

  private static func holdsLease(_ id: Int) -> Bool {
    id % 2 == 1 && id % 3 != 1 || id == Cast.leaver
  }

  private var leases: [String] {
    let holders = DemoCompany.people.indices.map { $0 + 1 }.filter(DemoCompany.holdsLease)
    return holders.enumerated().map { index, id in
      let status = id == Cast.payer ? "pending" : "active"
      return """
        INSERT INTO leases (id, customer_id, status, starts_on, ends_on)
        VALUES (\(index + 1), \(id), '\(status)', \(day(1 - 3 * id)), \(day(366 - 3 * id)))
        """
    }
  }

  private var orders: [String] {
    [Cast.buyer, 5, 8, 14, 19, 22, 27, 31, 35].enumerated().map { index, customer in
      let isShipped = index > 0
      return """
        INSERT INTO orders (id, customer_id, number, shipped_at, carrier, tracking_number)
        VALUES (\(index + 1), \(customer), 'SO-\(1041 + index)', \(isShipped ? day(-40 + index) : "NULL"),
          \(isShipped ? "'DHL'" : "NULL"), \(isShipped ? "'JD01\(4_600_300_172 + index * 7)'" : "NULL"))
        """
    }
  }

  private var invoices: [String] {
    [Cast.payer, Cast.debtor, 3, 5, 15, 17, 21, 23, 27, 29, 33].enumerated().map {
      index, customer in
      let currency = DemoCompany.people[customer - 1].origin == .china ? "CNY" : "EUR"
      let isOpen = index < 5
      return """
        INSERT INTO invoices (id, customer_id, number, amount, currency, due_on, status)
        VALUES (\(index + 1), \(customer), 'INV-\(2207 + index)', \(1280 + 145 * index), '\(currency)',
          \(day(isOpen ? 12 + index : -60 + index)), '\(isOpen ? "open" : "paid")')
        """
    }
  }

  private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

  private func quoted(_ date: CivilDate) -> String { "'\(date)'" }
}
