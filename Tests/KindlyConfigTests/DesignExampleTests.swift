import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyTransport
import Testing

@Suite("The examples of the design")
struct DesignExampleTests {
  private static let main = #"""
    # /etc/kindly/kindly.yaml
    timezone: Asia/Shanghai
    delivery: rehearsal                      # rehearsal | redirect to ops@example.com | live
    sources:
      crm: { url: "sqlite:///srv/crm/crm.db", poll: 5s }
    watches:
      customers: { source: crm, table: customers, key: id, changes: cursor updated_at }
      leases:    { source: crm, table: leases,    key: id, changes: changelog, customer: customer_id }
    customers:                               # how to reach the customer that a row is about
      watch: customers
      if: deleted = 0                        # holds for every rule
      name: name
      email: email
      phone: mobile
      language: lang
      timezone: tz
      secret: [initial_password]             # enters the message only: never stored, logged or previewed
    channels:
      email: { type: smtp, url: "smtp://relay.example.com:587", from: "Example <care@example.com>", user: care, password: { credential: smtp } }
      inbox: { type: inbox }
      sms: { type: exec, command: [/usr/local/bin/sms], rings: yes, address: phone }
      wechat: { type: exec, command: /usr/local/bin/wechat --quiet, address: key, rate: 100/min }
    quiet hours: 21:00-08:30
    """#

  private static let rules = """
    # /etc/kindly/rules.d/20-trial.yaml
    rules:
      - name: trial
        watch: customers
        if: status = 'trial'
        send: email
        steps:                               # send, template, late, class … of the rule hold unless the step says otherwise; a step's `if` is added
          - { when: insert,                                  template: trial/welcome, class: service }
          - { when: 7 days after trial_started_on,           template: trial/care }
          - { when: 4 days before trial_ends_on at 09:30,    template: trial/ending, send: wechat else sms else email }
      - name: lease-paid
        watch: leases
        when: update of status
        if: status = 'paid'
        send: [email, inbox]                 # a list: each of them
        template: lease/confirmed
        class: service
      - name: come-back
        watch: customers
        when: every year after trial_ends_on
        if: status = 'expired'
        send: email
        template: trial/whats-new
        class: marketing
    """

  private func folder() throws -> ConfigurationFolder {
    try ConfigurationFolder([
      "kindly.yaml": DesignExampleTests.main, "rules.d/20-trial.yaml": DesignExampleTests.rules,
    ])
  }

  @Test("load without a problem or a warning")
  func load() throws {
    let folder = try folder()
    #expect(folder.problems() == [])
    #expect(try folder.warnings() == [])
  }

  @Test("give the settings that they say")
  func settings() throws {
    let configuration = try folder().load()
    #expect(configuration.timezone.identifier == "Asia/Shanghai")
    #expect(configuration.delivery == .rehearsal)
    #expect(configuration.defaultTime.description == "09:00")
    #expect(configuration.hours.quiet?.description == "21:00-08:30")
    let source = try #require(configuration.source(named: "crm"))
    #expect(source.kind == .sqlite(path: "/srv/crm/crm.db"))
    #expect(source.poll == .seconds(5))
    #expect(source.timezone == configuration.timezone)
    #expect(configuration.watch(named: "customers")?.changes == .cursor(column: "updated_at"))
    #expect(configuration.watch(named: "leases")?.customerColumn == "customer_id")
    let customers = try #require(configuration.customers)
    #expect(customers.condition == "deleted = 0")
    #expect(customers.secret == ["initial_password"])
    #expect(configuration.channels.map(\.name) == ["email", "inbox", "sms", "wechat"])
    #expect(configuration.channel(named: "wechat")?.rate?.description == "100/min")
  }

  @Test("give the mail channel that they say")
  func mail() throws {
    let channel = try #require(try folder().load().channel(named: "email"))
    let smtp = try #require(channel.type as? SMTPSettings)
    #expect(smtp.server.url == "smtp://relay.example.com:587")
    #expect(smtp.tls == .required)
    #expect(smtp.from.description == "Example <care@example.com>")
    #expect(smtp.user == "care")
    #expect(smtp.password == .credential("smtp"))
    #expect(channel.concurrency == 8)
  }

  @Test("give the rules that they say, a step standing over its rule")
  func rules() throws {
    let configuration = try folder().load()
    #expect(configuration.rules.map(\.name) == ["trial", "lease-paid", "come-back"])
    let trial = try #require(configuration.rule(named: "trial"))
    #expect(trial.steps.map(\.name) == ["trial/welcome", "trial/care", "trial/ending"])
    #expect(trial.steps.map(\.messageClass) == [.service, .care, .care])
    #expect(trial.steps[0].conditions == ["status = 'trial'"])
    #expect(trial.steps[1].legs == Leg.all([Route(["email"])]))
    #expect(trial.steps[2].legs == Leg.all([Route(["wechat", "sms", "email"])]))
    #expect(trial.steps[2].when.text == "4 days before trial_ends_on at 09:30")
    #expect(trial.steps[2].place.line == 10)
    let paid = try #require(configuration.rule(named: "lease-paid"))
    #expect(paid.steps.map(\.name) == [Step.only])
    #expect(paid.steps[0].legs == Leg.all([Route(["email"]), Route(["inbox"])]))
    #expect(paid.steps[0].when == .update(of: ["status"]))
    #expect(configuration.templates.map(\.template).last == "trial/whats-new")
  }

  @Test("have one hash for one text, another for another")
  func hash() throws {
    let first = try folder()
    let hash = try first.load().hash
    #expect(hash.count == 32)
    #expect(try first.load().hash == hash)
    try first.write("rules.d/20-trial.yaml", DesignExampleTests.rules + "\n# a remark")
    #expect(try first.load().hash != hash)
    #expect(try first.load().archive.contains("# a remark"))
  }
}
