import KindlyCore

/// What the company's application writes while Kindly runs: the statements of each scene, in one transaction.
enum DemoActs {
  /// A trial and two invoices get a time at which they fall due.
  static func setDates(_ due: Instant) -> [String] {
    let text = CustomerDatabase.text(due)
    return [
      """
      UPDATE customers SET trial_ends_on = '\(text)'
      WHERE id = \(Cast.tester)
      """,
      """
      UPDATE invoices SET due_on = '\(text)'
      WHERE id IN (\(Cast.payerInvoice), \(Cast.debtorInvoice))
      """,
    ]
  }

  /// A new address, and what is paid before its reminder.
  static let changeBefore = [
    """
    UPDATE customers SET email = 'li.na@xinghe.example'
    WHERE id = \(Cast.tester)
    """,
    "UPDATE invoices SET status = 'paid' WHERE id = \(Cast.payerInvoice)",
    "UPDATE leases SET status = 'paid' WHERE id = \(Cast.payerLease)",
  ]

  /// One transaction for each person who comes.
  static func newcomers(on today: CivilDate) -> [[String]] {
    zip(Cast.newcomers, DemoCompany.newcomers).map { id, person in
      [
        """
        INSERT INTO customers (id, name, email, mobile, lang, tz,
        status, trial_started_on, trial_ends_on, initial_password)
        VALUES (\(id), '\(person.name)',
        '\(person.mail).example', '\(person.phone)', '\(person.origin.language)', '\(person.origin.zone)',
        'trial', '\(today)', '\(today.adding(days: 30))', 'maple-\(id)-lantern')
        """
      ]
    }
  }

  /// Every night the application loads its orders anew.
  static let reloadOrders = [
    "DELETE FROM orders", "INSERT INTO orders SELECT * FROM nightly_orders",
  ]

  static func ship(at now: Instant) -> [String] {
    [
      """
      UPDATE orders SET shipped_at = '\(CustomerDatabase.text(now))',
      carrier = 'DHL', tracking_number = 'JD014600300165'
      WHERE id = \(Cast.buyerOrder)
      """
    ]
  }

  static func agreeCall(at time: Instant) -> [String] {
    [
      """
      UPDATE customers SET callback_at = '\(CustomerDatabase.text(time))'
      WHERE id = \(Cast.caller)
      """
    ]
  }

  static func complain(answeredBy time: Instant) -> [String] {
    [
      """
      INSERT INTO complaints (id, customer_id, text, answer_by)
      VALUES (1, \(Cast.complainer), '发票抬头写错了，请尽快更正', '\(CustomerDatabase.text(time))')
      """
    ]
  }

  static let deleteLease = ["DELETE FROM leases WHERE id = \(Cast.leaverLease)"]
}
