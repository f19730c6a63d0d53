import Foundation
import KindlyTestKit
import Testing

/// The verbs by which people decide what the daemon cannot, while it runs.
@Suite("What people decide")
struct DecisionTests {
  /// A rule that a mass change would fire for every row.
  private static let statusRule = """
    rules:
      - { name: status, watch: customers, when: update of status, send: email, template: hello, class: service }

    """

  @Test(
    "a mass change is held; ignored it fires nothing, and the next one fires when it is accepted")
  func massChange() async throws {
    let company = try Company()
    try company.write(DecisionTests.statusRule, to: "rules.d/20-status.yaml")
    try company.write("---\nsubject: Hello\n---\n<p>Hello.</p>\n", to: "templates/hello.html")
    for id in 10..<40 { try company.insert(id, name: "Customer \(id)") }
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let hold = "30 of 33 known rows changed in one look"

    try company.database.run("UPDATE customers SET status = 'paused' WHERE id >= 10")
    try await Eventually.holds("the hold") { try await company.run("status").output.contains(hold) }
    #expect(try await company.run("status").code == 1)
    let ignored = try await company.run("source", "ignore", "crm", "--because", "an import")
    #expect(ignored.output == "customers: the held changes are discarded at the next look\n")
    try await Eventually.holds("the end of the hold") {
      try await !company.run("status").output.contains(hold)
    }
    #expect(try await company.reminders().isEmpty)

    try company.database.run("UPDATE customers SET status = 'active' WHERE id >= 10")
    try await Eventually.holds("the second hold") {
      try await company.run("status").output.contains(hold)
    }
    let accepted = try await company.run("source", "accept", "customers", "--because", "all true")
    #expect(accepted.output == "customers: the held changes take effect at the next look\n")
    try await Eventually.holds("a letter to each") { company.letters.count == 30 }
    let nothing = try await company.run("source", "accept", "customers", "--because", "again")
    #expect(nothing.code == 65)
    #expect(nothing.errors.contains("customers has no held changes"))
    #expect(await daemon.stop() == 0)
  }

  @Test("an uncertain reminder waits for a person, who settles it as sent or as failed")
  func settle() async throws {
    let company = try Company(channel: "{ type: exec, command: 'kill -9 $$' }")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Zoe")
    try company.insert(5, name: "Eve")
    try await Eventually.holds("two that are uncertain") {
      try await company.reminders().map(\.state) == ["uncertain", "uncertain"]
    }
    for (customer, outcome) in [("4", "sent"), ("5", "failed")] {
      let reminder = try #require(
        try await company.reminders().first { $0.customer == customer })
      let settled = try await company.run(
        "outbox", "settle", reminder.id, outcome, "--because", "the provider says so")
      #expect(settled.output == "\(reminder.id) is settled as \(outcome)\n")
      let shown = try await company.run("outbox", "show", reminder.id).output
      #expect(shown.contains("settle by \(NSUserName()): the provider says so"))
      let again = try await company.run(
        "outbox", "settle", reminder.id, "sent", "--because", "a second thought")
      #expect(again.code == 65, "\(again.errors)")
    }
    let states = try await company.reminders().map { "\($0.customer ?? "nobody"): \($0.state)" }
    #expect(Set(states) == ["4: sent", "5: failed"])
    #expect(await daemon.stop() == 0)
  }

  @Test("a reminder that waits for its next try is tried at once when a person asks for it")
  func retry() async throws {
    let folder = try TemporaryFolder()
    let flag = folder.path + "/mended"
    let company = try Company(channel: "{ type: exec, command: 'test -e \(flag) || exit 75' }")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Zoe")
    var id = ""
    try await Eventually.holds("a first try that was refused") {
      guard let reminder = try await company.reminders().first else { return false }
      id = reminder.id
      return try await company.run("outbox", "show", id).output.contains("attempt 1")
        && reminder.state == "waiting"
    }
    try folder.write("", to: "mended")
    let retried = try await company.run("outbox", "retry", id)
    #expect(retried.code == 0, "\(retried.errors)")
    try await Eventually.holds("the outcome") {
      try await company.reminders().map(\.state) == ["sent"]
    }
    let unknown = try await company.run("outbox", "retry", "00000000000000000000")
    #expect(unknown.code == 65)
    #expect(await daemon.stop() == 0)
  }

  private struct Suppressed: Decodable {
    let id: String
    let channel: String?
    let customer: String?
    let because: String
    let by: String?
  }

  @Test("a suppressed address is recorded with its customer, where the database can be asked")
  func suppressedCustomer() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let nonsense = try await company.run("suppression", "add", "nonsense", "--because", "left")
    #expect(nonsense.code == 64 && nonsense.errors.contains("got nonsense"), "\(nonsense.errors)")
    let add = ["suppression", "add", "ada@example.com", "--because", "left"]
    let added = try await company.run(add)
    #expect(added.code == 0, "\(added.errors)")
    func customers() async throws -> [String?] {
      try await company.run("suppression", "list", "--json").json(as: [Suppressed].self)
        .map(\.customer)
    }
    #expect(try await customers() == ["2"])
    let lifted = try await company.run(
      "suppression", "lift", "--customer", "2", "--because", "a mistake", "--yes")
    #expect(lifted.output.hasPrefix("1 address lifted"), "\(lifted.errors)")
    #expect(await daemon.stop() == 0)

    try company.replace(company.database.path, with: company.folder.path + "/nowhere/crm.db")
    let alone = try await company.run(add)
    #expect(alone.code == 0 && alone.errors.contains("will not name the customer"))
    #expect(try await customers() == [nil])
  }

  @Test("an address is suppressed, listed and lifted by people, with a daemon and without")
  func suppression() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    #expect(try await company.run("suppression").output == "no suppressed address matches\n")
    let added = try await company.run(
      "suppression", "add", " Zoe@example.com", "--because", "asked us not to write")
    #expect(added.code == 0, "\(added.errors)")
    let again = try await company.run("suppression", "add", "zoe@example.com", "--because", "x")
    #expect(again.code == 65)
    let status = try await company.run("status")
    #expect(status.output.contains("suppressed addresses: 1, of these 1 new in 24 h"))
    #expect(await daemon.stop() == 0)

    let list = try await company.run("suppression", "list", "--json").json(as: [Suppressed].self)
    let one = try #require(list.first)
    #expect(list.count == 1 && one.by == NSUserName() && one.channel == nil)
    #expect(one.because == "asked us not to write")
    let table = try await company.run("suppression", "list")
    #expect(table.output.contains(one.id) && !table.output.contains("@"))
    #expect(table.output.contains(" CST "))
    let lifted = try await company.run(
      "suppression", "lift", "zoe@example.com", "--because", "a mistake")
    #expect(lifted.output == "1 address lifted; 0 reminders back in the queue\n")
    let nothing = try await company.run("suppression", "lift", one.id, "--because", "again")
    #expect(nothing.code == 65)
    #expect(try await company.run("suppression", "lift", "--because", "all").code == 64)
  }

  @Test("several addresses are suppressed and lifted with a count, a question and --dry-run")
  func bulkSuppression() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let two = ["a@example.com", "b@example.com"]
    let dry = try await company.run(["suppression", "add"] + two + ["--dry-run"])
    #expect(dry.output == "dry run: 2 addresses would be suppressed\n", "\(dry.errors)")
    let script = try await company.run(["suppression", "add"] + two + ["--because", "left"])
    #expect(script.code == 64 && script.errors.contains("add --yes"), "\(script.errors)")
    #expect(try await company.run("suppression").output == "no suppressed address matches\n")
    let added = try await company.run(
      ["suppression", "add"] + two + ["--because", "left", "--yes"])
    #expect(added.output.hasPrefix("2 addresses suppressed"), "\(added.errors)")
    let third = try await company.run(
      ["suppression", "add", "c@example.com"] + two + ["--dry-run"])
    #expect(
      third.output == "dry run: 1 address (2 more are suppressed already) would be suppressed\n")

    let lift = ["suppression", "lift", "--since", "1d"]
    let counted = try await company.run(lift + ["--dry-run"])
    #expect(counted.output == "dry run: 2 addresses would be lifted\n", "\(counted.errors)")
    let unasked = try await company.run(lift + ["--because", "x"])
    #expect(unasked.code == 64 && unasked.errors.contains("2 addresses would be lifted"))
    let arguments = lift + ["--because", "x", "--config", company.etc]
    let refusing = try TerminalFixture(typing: ["no"])
    let no = try await KindlyBinary.run(arguments, input: refusing.input)
    #expect(no.code == 65 && no.errors.contains("nothing was changed"), "\(no.errors)")
    let yes = try await company.run(lift + ["--because", "x", "--yes"])
    #expect(yes.output.hasPrefix("2 addresses lifted"), "\(yes.errors)")
    let nothing = try await company.run(lift + ["--because", "x", "--yes"])
    #expect(nothing.output == "no suppressed address matches; nothing was changed\n")
    #expect(await daemon.stop() == 0)
  }

  private struct Entry: Decodable {
    let id: Int64
    let customer: String
    let subject: String
    let read: String?
  }

  @Test("what the inbox delivered is listed, read and marked, with a daemon and without")
  func inbox() async throws {
    let company = try Company(channel: "{ type: inbox }")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    #expect(try await company.run("inbox").output == "there are no entries\n")
    try company.insert(4, name: "Zoe")
    try company.insert(5, name: "Eve")
    func unread() async throws -> [Entry] {
      try await company.run("inbox", "list", "--unread", "--json").json(as: [Entry].self)
    }
    try await Eventually.holds("two entries") { try await unread().count == 2 }
    let zoe = try #require(try await unread().first { $0.customer == "4" })
    #expect(zoe.subject == "Welcome, Zoe")
    let table = try await company.run("inbox").output
    #expect(table.contains("Welcome, Eve") && table.contains(" CST "))

    let read = try await company.run("inbox", "read", "\(zoe.id)")
    #expect(read.code == 0, "\(read.errors)")
    #expect(read.output.contains("customer 4 · rule trial\nWelcome, Zoe\n"))
    #expect(try await unread().map(\.customer) == ["5"])
    #expect(await daemon.stop() == 0)

    let eve = try #require(try await unread().first)
    #expect(try await company.run("inbox", "read", "\(eve.id)").code == 0)
    #expect(try await unread().isEmpty)
    let all = try await company.run("inbox", "list", "--json").json(as: [Entry].self)
    #expect(all.count == 2 && all.allSatisfy { $0.read != nil })
    #expect(try await company.run("inbox", "read", "99").code == 65)
  }
}
