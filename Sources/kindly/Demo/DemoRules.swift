/// The configuration of the demo: what a small company would write.
enum DemoRules {
  /// The main file, for a folder and the zone that its reader's clock shows.
  static func main(folder: String, zone: String) -> String {
    """
    # The demo's configuration. Change what you like, then `kindly check --config \(folder)`
    # says what it would do, and `kindly run --config \(folder)` does it.

    # The zone of this company: the hour of dates, "today" in conditions, and of customers without a zone of their own.
    timezone: \(zone)

    # live: customers get it. Here "they" are a folder of mail, so nothing leaves this machine.
    delivery: live

    # A date without a time is served at this hour, by the customer's clocks.
    default time: 09:00

    # Where Kindly keeps its ledger, and where its commands reach it.
    state: \(folder)/state
    socket: \(folder)/control.sock

    # Kindly only ever reads it. Its times are UTC, as this application writes them.
    sources:
      crm: { url: "sqlite://\(folder)/crm.db", poll: 200ms, timezone: UTC }

    # What rules look at, with the three ways to notice changes. Invoices have only dates, which need none.
    watches:
      customers: { source: crm, table: customers, key: id, changes: cursor updated_at }
      leases: { source: crm, table: leases, key: id, changes: changelog, customer: customer_id }
      orders: { source: crm, table: orders, key: id, changes: snapshot, customer: customer_id }
      invoices: { source: crm, table: invoices, key: id, customer: customer_id }

    # How to reach the customer that a row is about.
    customers:
      watch: customers
      if: deleted = 0
      name: name
      email: email
      phone: mobile
      language: lang
      timezone: tz
      secret: [initial_password]      # enters the letter only: never stored, logged or previewed

    channels:
      email: { type: maildir, path: \(folder)/mail, from: Example <care@example.com> }
      inbox: { type: inbox }          # tasks for colleagues; `kindly inbox` shows them

    """
  }

  /// The files of `rules.d`.
  static let files = [
    "10-trial.yaml": """
    # Trial customers: a thank-you at the beginning, a fair warning, and a word at the end.
    rules:
      - name: trial
        watch: customers
        if: status = 'trial'
        send: email
        steps:
          - when: insert
            template: trial/welcome
            class: service
          # An extended trial is a new date: the letter about the old one is taken back, and this one comes again.
          - when: 4 days before trial_ends_on at 09:30
            template: trial/ending
          - when: on trial_ends_on
            template: trial/ended

    """,
    "20-lease.yaml": """
    rules:
      # An update, so that it follows the payment and not the order.
      - name: lease-paid
        watch: leases
        when: update of status
        if: status = 'paid'
        send: email
        template: lease/confirmed
        class: service

      # Not for the customer: a colleague finds it in `kindly inbox`, and can call.
      - name: lease-gone
        watch: leases
        when: delete
        send: inbox
        template: lease/gone

    """,
    "30-shipping.yaml": """
    rules:
      # The first time that the column is filled in; a later correction of it is not another parcel.
      - name: shipped
        watch: orders
        when: update of shipped_at
        if: old.shipped_at IS NULL AND this.shipped_at IS NOT NULL
        send: email
        template: shipping/shipped
        class: service

    """,
    "40-invoice.yaml": """
    rules:
      # Who has paid in the meantime gets nothing: the condition is asked again just before sending.
      - name: invoice-due
        watch: invoices
        when: on due_on
        if: status = 'open'
        send: email
        template: invoice/due

    """,
    "50-callback.yaml": """
    rules:
      # Another hour is another reminder: the one for the old hour is taken back by itself.
      - name: callback
        watch: customers
        when: 10 minutes before callback_at
        send: email
        template: callback/soon

    """,
  ]
}
