/// The configuration of the demo: what a small company would write.
enum DemoRules {
  /// The main file, for a folder, the zone that its reader's clock shows, and the port of the providers' stand-in.
  static func main(folder: String, zone: String, port: UInt16) -> String {
    """
    # The demo's configuration. Change what you like. Then `kindly check --config \(folder)`
    # says what it would do, and `kindly run --config \(folder)` does it.

    # The company's zone. It decides what "today" is in conditions, and applies to customers without a zone of their own.
    timezone: \(zone)

    # live: customers get the messages. In the demo mail goes into a folder and the others to a stand-in, so nothing leaves
    # this machine.
    delivery: live

    # A date without a time is due at this hour, in the customer's zone.
    default time: 09:00

    # Where Kindly keeps its ledger, and where its commands reach it.
    state: \(folder)/state
    socket: \(folder)/control.sock

    # Kindly only reads the database. Its times are in UTC, as this application writes them.
    sources:
      crm: { url: "sqlite://\(folder)/crm.db", poll: 200ms, timezone: UTC }

    # What rules look at, with the three ways to notice changes. The rule about invoices needs only dates, so it needs none.
    watches:
      customers: { source: crm, table: customers, key: id, changes: cursor updated_at }
      leases: { source: crm, table: leases, key: id, changes: changelog, customer: customer_id }
      orders: { source: crm, table: orders, key: id, changes: snapshot, customer: customer_id }
      invoices: { source: crm, table: invoices, key: id, customer: customer_id }
      complaints: { source: crm, table: complaints, key: id, changes: snapshot, customer: customer_id }

    # How to reach the customer that a row is about.
    customers:
      watch: customers
      if: deleted = 0
      name: name
      email: email
      phone: mobile
      wechat: openid
      language: lang
      timezone: tz
      owner: owner                    # the colleague who looks after the customer
      secret: [initial_password]      # only the letter holds it: never stored, logged or previewed

    # The people who work here, and their leads.
    colleagues:
      - { key: anna, name: Anna Berg, lead: mei }
      - { key: mei, name: Mei Lin }

    # Customer data on the card of a task.
    lists:
      open invoices:
        source: crm
        query: "SELECT number, amount, currency FROM invoices WHERE customer_id = :customer AND status = 'open'"

    """ + "\n" + channels(folder: folder, port: port)
  }

  private static func channels(folder: String, port: UInt16) -> String {
    """
    channels:
      email: { type: maildir, path: \(folder)/mail, from: Example <care@example.com> }
      inbox: { type: inbox }          # notes for colleagues; `kindly inbox` shows them
      tasks: { type: task, within: 4 hours }  # what colleagues have to do; `kindly task list` shows it
      # A stand-in of the demo takes these two; it ends with the demo. Without `url` and `private addresses` they would go
      # to the real providers.
      sms:
        type: twilio
        url: http://127.0.0.1:\(port)
        private addresses: yes
        account: AC0123456789
        token: { file: \(folder)/secrets/twilio }
        from: "+15005550006"
      wechat:
        type: wechat
        url: http://127.0.0.1:\(port)
        private addresses: yes
        app id: wx0123456789
        secret: { file: \(folder)/secrets/wechat }

    """
  }

  /// The files of `rules.d`.
  static let files = [
    "10-trial.yaml": """
    # Trial customers get a welcome, a warning before the end, and a word at the end.
    rules:
      - name: trial
        watch: customers
        if: status = 'trial'
        send: email
        steps:
          - when: insert
            template: trial/welcome
            class: service
          # If a trial is extended, Kindly cancels the letter about the old date and sends one for the new date.
          - when: 4 days before trial_ends_on at 09:30
            template: trial/ending
          - when: on trial_ends_on
            template: trial/ended

    """,
    "20-lease.yaml": """
    rules:
      # This rule fires on the payment, not on the order.
      - name: lease-paid
        watch: leases
        when: update of status
        if: status = 'paid'
        # A mail, and a WeChat message for who follows the company there.
        send: [email, wechat]
        template: lease/confirmed
        class: service

      # A note for a colleague, not a letter to the customer; `kindly inbox` shows it.
      - name: lease-gone
        watch: leases
        when: delete
        send: inbox
        template: lease/gone

    """,
    "30-shipping.yaml": """
    rules:
      # Only the first time that the column is filled in: a later correction is not another parcel.
      - name: shipped
        watch: orders
        when: update of shipped_at
        if: old.shipped_at IS NULL AND this.shipped_at IS NOT NULL
        send: [email, sms]
        template: shipping/shipped
        class: service

    """,
    "40-invoice.yaml": """
    rules:
      # A customer who has paid meanwhile gets nothing: Kindly checks the condition again just before sending.
      - name: invoice-due
        watch: invoices
        when: on due_on
        if: status = 'open'
        send: email
        template: invoice/due

    """,
    "50-callback.yaml": """
    rules:
      # A new hour means a new reminder: Kindly cancels the one for the old hour.
      - name: callback
        watch: customers
        when: 10 minutes before callback_at
        send: email
        template: callback/soon

    """,
    "60-complaint.yaml": """
    rules:
      # The customer's owner gets a task to call. If nobody has answered in time, the lead gets one too.
      - name: complaint
        watch: complaints
        if: answered_at IS NULL
        send: tasks
        show: [open invoices]
        template: complaint/call
        steps:
          - { name: owner, when: insert, to: owner }
          - { name: lead, when: on answer_by, to: lead }

    """,
  ]
}
