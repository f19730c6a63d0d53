import KindlyConfig
import KindlyCore
import Testing

@Suite("The rule by which replies become tasks")
struct ReplyRuleTests {
  private static let offer = """
      - name: offer
        watch: customers
        when: insert
        send: email
        template: offer

    """
  private static let mailbox =
    "mailbox: { url: \"imaps://imap.example.com\", user: care, password: { env: MAILBOX }REPLIES }\n"

  /// A company with a mailbox.
  private static func folder(
    replies: String = "", rules: String = offer, channels: String = "  calls: { type: task }\n",
    owner: String = "  owner: owner_id\n", key: String = "id"
  ) throws -> ConfigurationFolder {
    let main = Fixture.main.replacing("  email: email\n", with: "  email: email\n" + owner)
      .replacing("watches:\n", with: "watches:\n  answers: { source: kindly, table: replies }\n")
      .replacing("table: customers, key: id", with: "table: customers, key: \(key)")
    return try ConfigurationFolder([
      "kindly.yaml": main + channels
        + "colleagues: [{ key: anna, name: Anna, email: anna@example.com }]\n"
        + mailbox.replacing("REPLIES", with: replies.isEmpty ? "" : ", replies: \(replies)"),
      "rules.d/10-test.yaml": "rules:\n" + rules,
    ])
  }

  private func added(_ folder: ConfigurationFolder) throws -> Rule? {
    let configuration = try folder.load()
    #expect(configuration.warnings == [])
    return configuration.rule(named: ReplyRule.name)
  }

  @Test("is there if there is one task channel and customers have owners")
  func standard() throws {
    let rule = try #require(try added(Self.folder()))
    let step = try #require(rule.steps.first)
    #expect(step.recipients == [.owner] && step.legs.map(\.route.channels) == [["calls"]])
    #expect(step.when.text == "insert" && step.messageClass == .service)
    #expect(step.conditions == ["kind = 'reply'"] && step.template == ReplyRule.template)
    let configuration = try Self.folder().load()
    #expect(configuration.watch(named: rule.watch)?.ledgerView == .replies)
    #expect(configuration.asksLedger)
  }

  @Test(
    "is not there if the configuration says otherwise",
    arguments: [
      ("nothing", offer, "  calls: { type: task }\n", "  owner: owner_id\n"),
      ("", offer, "", "  owner: owner_id\n"),
      (
        "", offer, "  calls: { type: task }\n  visits: { type: task }\n", "  owner: owner_id\n"
      ),
      ("", offer, "  calls: { type: task }\n", ""),
      (
        "",
        "  - { name: own, watch: answers, when: insert, to: lead@example.com, send: email, template: own }\n",
        "  calls: { type: task }\n", "  owner: owner_id\n"
      ),
    ])
  func absent(_ replies: String, _ rules: String, _ channels: String, _ owner: String) throws {
    #expect(
      try added(Self.folder(replies: replies, rules: rules, channels: channels, owner: owner))
        == nil)
  }

  @Test("is not there if a reply cannot name the customer, and counts for no guard")
  func limits() throws {
    #expect(try added(Self.folder(key: "[tenant, id]")) == nil)
    let (old, new) = (try Self.folder().load(), try Self.folder(rules: "    []\n").load())
    #expect(ConfigurationChange(from: old, to: new).droppedFraction == 1)
    let without = try Self.folder(replies: "nothing").load()
    #expect(ConfigurationChange(from: old, to: without).droppedFraction == 0)
  }

  @Test("uses the channel that is named, and leaves out the rules that want no tasks")
  func named() throws {
    let rules =
      Self.offer
      + Self.offer.replacing("name: offer", with: "name: news").replacing(
        "when: insert", with: "when: insert\n    replies: nothing")
      + Self.offer.replacing("name: offer", with: "name: 通知").replacing(
        "when: insert", with: "when: insert\n    replies: nothing")
    let rule = try #require(
      try added(
        Self.folder(
          replies: "visits", rules: rules,
          channels: "  calls: { type: task }\n  visits: { type: task, via: email }\n")))
    #expect(rule.steps[0].legs.map(\.route.channels) == [["visits"], ["email"]])
    #expect(rule.steps[0].conditions == ["kind = 'reply' AND rule NOT IN ('news', '通知')"])
  }

  @Test(
    "is refused with the reason",
    arguments: [
      ("call", "  owner: owner_id\n", "channel of type task, got `call`; did you mean `calls`?"),
      ("email", "  owner: owner_id\n", "channel of type task, got `email`"),
      ("calls", "", "expected `customers:` to have `owner: COLUMN`"),
    ])
  func refused(_ replies: String, _ owner: String, _ part: String) throws {
    let problems = try Self.folder(replies: replies, owner: owner).problems()
    #expect(problems.count == 1 && problems[0].contains(part), "\(problems)")
  }
}
