import Foundation
import GRDB
import Glibc
import KindlyTestKit
import Testing

/// The way through, by the real binary: a database that another process writes, a daemon, and the verbs of people.
@Suite("The command with a daemon", .serialized)
struct DaemonTests {
  @Test("a row that another process inserts becomes one mail, and every verb can tell of it")
  func wayThrough() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "王芳")
    try await Eventually.holds("the mail") { company.letters.count == 1 }
    #expect(company.letters[0].contains("To: "))
    try await Eventually.holds("the outcome") {
      try await company.reminders().map(\.state) == ["sent"]
    }
    let reminder = try #require(try await company.reminders().first)
    #expect(reminder.customer == "4" && reminder.step == "welcome")

    let why = try await company.run("why", "C4@example.com")
    #expect(why.code == 0)
    #expect(why.output.contains("trial, step welcome, row 4 (insert): sent over email"))
    #expect(why.output.contains("10-trial.yaml:7"))
    #expect(
      why.output.contains("trial_ends_on is 2099-03-01, so its moment comes 2099-02-25 09:30"))
    #expect(!why.output.contains("@example.com"))
    let nobody = try await company.run("why", "--customer", "nope")
    #expect(nobody.code == 65 && nobody.errors.contains("there is no customer nope"))
    let known = try await company.run("why", "--customer", "1")
    #expect(known.output.contains("the row was there before Kindly began watching customers"))
    let rubbish = try await company.run("why", "--customer", "2")
    #expect(rubbish.output.contains("trial_ends_on holds no date (0 or 0000-00-00)"))

    let shown = try await company.run("outbox", "show", reminder.id)
    #expect(shown.output.contains("attempt 1 over email: sent"))
    let list = try await company.run("outbox", "list")
    #expect(list.output.split(separator: "\n").dropFirst().allSatisfy { $0.contains(" CST ") })
    #expect(try await company.run("status").code == 0)
    let line = try await company.run("status", "--check")
    #expect(
      line.output
        == "KINDLY OK - 0 waiting, 1 sent in 24 h | waiting=0 uncertain=0 sent=1 skipped=0 cancelled=0 failed=0 "
        + "suppressed=0 channels_down=0 waiting_for_channels=0 paused=0 held=0 problems=0 unread=0 overdue=0s\n"
    )

    #expect(await daemon.stop() == 0)
    #expect(daemon.log.contains("kindly has ended"))
    let again = try await RunningDaemon.start(company)
    try company.insert(5, name: "Eve")
    try await Eventually.holds("the second mail") { company.letters.count >= 2 }
    #expect(await again.stop() == 0)
    #expect(company.letters.count == 2)
  }

  @Test("a reminder about nobody is listed by its row")
  func aboutNobody() async throws {
    let company = try Company()
    try company.database.run(
      """
      CREATE TABLE machines (id INTEGER PRIMARY KEY, service_on TEXT);
      INSERT INTO machines VALUES (17, date('now'));
      """)
    try company.configure(
      "  machines: { source: crm, table: machines, key: id }", behind: "watches:")
    try company.configure("  inbox: { type: inbox }", behind: "channels:")
    try company.write(
      """
      rules:
        - { name: service, watch: machines, when: on service_on at 00:00, send: inbox, template: service, backfill: 5 days }

      """, to: "rules.d/10-trial.yaml")
    try company.write(
      "---\nsubject: Service\n---\n<p>Machine {{this.id}}</p>\n", to: "templates/service.html")
    let daemon = try await RunningDaemon.start(company)
    try await Eventually.holds("the reminder") {
      try await company.reminders().contains { $0.rule == "service" }
    }
    let list = try await company.run("outbox", "list")
    #expect(list.cells.contains { $0.contains(" service only row 17 ") }, "\(list.output)")
    #expect(await daemon.stop() == 0)
  }

  @Test("why says when a rule starts to apply, if that is what prevents a letter")
  func ruleStart() async throws {
    let company = try Company()
    try company.database.run(
      "UPDATE customers SET status = 'trial', trial_ends_on = date('now', '+2 days') WHERE id = 3")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let why = try await company.run("why", "--customer", "3")
    #expect(why.output.contains("but the rule has been active since 20"), "\(why.output)")
    #expect(why.output.contains("; reminders due before that are not sent"))
    #expect(await daemon.stop() == 0)
    #expect(company.letters.isEmpty)
  }

  @Test(
    "rows that share a key fire nothing, and the status says where they stand until they are fixed"
  )
  func sharedKeys() async throws {
    let company = try Company()
    let file = company.folder.path + "/customers.csv"
    let yaml = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      yaml.replacing("sqlite://\(company.database.path)", with: "csv://\(file)"), to: "kindly.yaml")
    let header = "id,name,email,lang,status,trial_ends_on,initial_password,deleted\n"
    func rows(_ ids: Int...) -> String {
      header + ids.map { "\($0),c\($0),c\($0)@example.com,en,trial,2099-03-01,x,0\n" }.joined()
    }
    try rows(1, 2, 2).write(toFile: file, atomically: true, encoding: .utf8)
    let daemon = try await RunningDaemon.start(company)
    let remark =
      "watch customers: 2 rows with a key (id) that is not unique fire no rule until they are fixed: "
      + "key 2, line 3 of \(file), line 4 of \(file)"
    try await daemon.says(remark)
    try await Eventually.holds("the remark in the status") {
      let status = try await company.run("status")
      return status.code == 0 && status.output.contains("worth knowing:\n  " + remark)
    }
    try rows(1, 2, 3).write(toFile: file, atomically: true, encoding: .utf8)
    try await daemon.says("resolved: " + remark)
    try await Eventually.holds("a status without it") {
      !(try await company.run("status").output.contains("worth knowing"))
    }
    #expect(await daemon.stop() == 0)
  }

  @Test("each source is looked at by its own poll, however short another one's is")
  func ownPoll() async throws {
    let shop = try TemporaryDatabase(
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER)", journal: .wal)
    let company = try Company()
    try company.configure(
      "  shop: { url: \"sqlite://\(shop.path)\", poll: 24h }", behind: "sources:")
    try company.configure(
      "  orders: { source: shop, table: orders, key: id, changes: snapshot, customer: customer_id }",
      behind: "watches:")
    try company.write(
      "rules:\n  - { name: order, watch: orders, when: insert, send: email, template: welcome }\n",
      to: "rules.d/20-order.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("watch customers: the first look is complete")
    try await daemon.says("watch orders: the first look is complete")
    try shop.run("INSERT INTO orders VALUES (1, 1)")
    for id in 4...8 {
      try company.insert(id, name: "c\(id)")
      try await Eventually.holds("the letter to \(id)") {
        company.letters.contains { $0.contains("c\(id)@example.com") }
      }
    }
    // The quick source was looked at for each of them, and the slow one only once.
    #expect(try await company.reminders().allSatisfy { $0.rule == "trial" })
    #expect(await daemon.stop() == 0)
  }

  @Test("a pause holds what comes, says why, and lets it go when it is resumed")
  func pauseAndResume() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let paused = try await company.run("pause", "email", "--for", "2h", "--because", "wrong price")
    #expect(paused.code == 0 && paused.output.contains(" CST"))
    try company.insert(4, name: "Zoe")
    try await Eventually.holds("a reminder that is paused") {
      try await company.reminders().first?.reason == "paused"
    }
    let status = try await company.run("status")
    #expect(status.code == 1)
    #expect(status.output.contains("channel email is paused until "))
    #expect(status.output.contains("wrong price"))
    #expect(company.letters.isEmpty)
    let ahead = try await company.run("outbox", "list", "--since", "+0m")
    #expect(ahead.code == 0 && ahead.output == "no reminder matches\n", "\(ahead.errors)")
    #expect(try await company.run("resume", "email").code == 0)
    try await Eventually.holds("the mail") { company.letters.count == 1 }
    #expect(try await company.run("resume", "email").code == 65)
    #expect(await daemon.stop() == 0)
  }

  @Test("a removed rule is paused and resumed by its name, with a daemon and without")
  func pauseOfRemovedRule() async throws {
    let company = try Company()
    try company.write(
      Company.trial.replacing("name: trial", with: "name: other"), to: "rules.d/20-other.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try FileManager.default.removeItem(atPath: company.etc + "/rules.d/10-trial.yaml")
    let reloaded = try await company.run("reload")
    #expect(reloaded.code == 0, "\(reloaded.errors)")
    func pausesAndResumes() async throws {
      let paused = try await company.run("pause", "trial", "--because", "wrong price")
      #expect(paused.code == 0, "\(paused.errors)")
      let resumed = try await company.run("resume", "rule:trial")
      #expect(resumed.code == 0, "\(resumed.errors)")
      let unknown = try await company.run("pause", "rule:trail", "--because", "wrong price")
      #expect(unknown.code == 65 && unknown.errors.contains("there is no rule trail"))
    }
    try await pausesAndResumes()
    #expect(await daemon.stop() == 0)
    try await pausesAndResumes()
  }

  @Test("a sent reminder that a person resends is a new one, linked to the old")
  func resend() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Zoe")
    try await Eventually.holds("the outcome") {
      try await company.reminders().map(\.state) == ["sent"]
    }
    let old = try #require(try await company.reminders().first)
    let resent = try await company.run("resend", old.id, "--because", "the customer lost it")
    #expect(resent.code == 0, "\(resent.errors)")
    try await Eventually.holds("the second mail") { company.letters.count == 2 }
    let new = try #require(try await company.reminders().first)
    #expect(new.id != old.id)
    let shown = try await company.run("outbox", "show", old.id)
    #expect(shown.output.contains("sends it again"))
    #expect(shown.output.contains("resend by \(NSUserName()): the customer lost it"))
    let why = try await company.run("why", "--customer", "4")
    let told = why.output.split(separator: "\n").filter { $0.hasPrefix("    id ") }
    #expect(told == ["    id \(new.id)", "    id \(old.id)"], "\(why.output)")
    let later = try await company.run("why", "--customer", "4", "--since", "+1d")
    #expect(later.output.contains("no reminder due since 20"), "\(later.output)")
    let unknown = try await company.run("resend", "00000000000000000000", "--because", "x")
    #expect(unknown.code == 65)
    #expect(await daemon.stop() == 0)
  }

  @Test(
    "a reload with a broken rule file keeps the old rules active, and a fixed one replaces them")
  func reload() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.write(
      Company.trial.replacing("send: email", with: "sent: email"), to: "rules.d/10-trial.yaml")
    daemon.signal(SIGHUP)
    try await daemon.says("rules.d/10-trial.yaml:5:5: error:")
    try await daemon.says("the reload is refused; the previous configuration stays in use")
    try company.insert(4, name: "Old rules")
    try await Eventually.holds("the mail of the old rules") { company.letters.count == 1 }

    try company.write(
      "---\nsubject: \"Hello again\"\n---\n<p>Hello.</p>\n", to: "templates/hello.html")
    try company.write(
      Company.trial.replacing("template: welcome", with: "name: welcome, template: hello"),
      to: "rules.d/10-trial.yaml")
    daemon.signal(SIGHUP)
    try await daemon.says(
      "reloaded: 1 rule changed (trial), 1 template file changed (hello.html)")
    try company.insert(5, name: "New rules")
    try await Eventually.holds("the mail of the new rules") { company.letters.count == 2 }
    #expect(company.letters.contains { $0.contains("Subject: Hello again") })
    #expect(await daemon.stop() == 0)
  }

  @Test("while no daemon runs, writing verbs write the ledger themselves and record who did it")
  func withoutDaemon() async throws {
    let company = try Company()
    let first = try await RunningDaemon.start(company)
    try await first.says("the first look is complete")
    #expect(await first.stop() == 0)

    let paused = try await company.run("pause", "--all", "--because", "moving house")
    #expect(paused.code == 0, "\(paused.errors)")
    let status = try await company.run("status")
    #expect(status.code == 2)
    #expect(status.output.contains("everything is paused by \(NSUserName()): moving house"))

    let copy = company.folder.path + "/copy.db"
    #expect(try await company.run("backup", copy).code == 0)
    #expect(try await company.run("backup", copy).code == 65)
    let folder = company.folder.path + "/nowhere"
    let nowhere = try await company.run("backup", folder + "/copy.db")
    #expect(nowhere.code == 73 && nowhere.errors.contains("\(folder): No such file"))
    #expect(!nowhere.errors.contains(".part"), "\(nowhere.errors)")

    let second = try await RunningDaemon.start(company)
    try company.insert(4, name: "Waiting")
    try await Eventually.holds("a reminder that is paused") {
      try await company.reminders().first?.reason == "paused"
    }
    #expect(await second.stop() == 0)
    let cancelled = try await company.run(
      "outbox", "cancel", "--customer", "4", "--because", "asked us not to", "--yes")
    #expect(cancelled.output == "1 reminder cancelled\n")
    let why = try await company.run("why", "--customer", "4")
    #expect(why.output.contains("cancelled: a person dropped it"))
    #expect(why.output.contains("cancel by \(NSUserName()): asked us not to"))
    #expect(company.letters.isEmpty)
  }

  @Test("a restored ledger is disarmed until a person arms it")
  func restored() async throws {
    let company = try Company()
    let first = try await RunningDaemon.start(company)
    try await first.says("the first look is complete")
    let copy = company.folder.path + "/copy.db"
    #expect(try await company.run("backup", copy).code == 0)
    #expect(await first.stop() == 0)
    for file in ["", "-wal", "-shm"] {
      // The log's files need not be there.
      try? FileManager.default.removeItem(atPath: company.ledger + file)
    }
    try FileManager.default.copyItem(atPath: copy, toPath: company.ledger)

    let second = try await RunningDaemon.start(company)
    try company.insert(4, name: "Held")
    try await Eventually.holds("the alarm") {
      try await company.run("status").output.contains("the ledger is disarmed and nothing is sent")
    }
    #expect(company.letters.isEmpty)
    #expect(try await company.run("arm", "--because", "restored on purpose").code == 0)
    try await Eventually.holds("the mail") { company.letters.count == 1 }
    #expect(await second.stop() == 0)
  }

  @Test("a clock behind the ledger holds everything until a person says that it is right")
  func clock() async throws {
    let company = try Company()
    let first = try await RunningDaemon.start(company)
    try await first.says("the first look is complete")
    let refused = try await company.run("clock", "accept", "--because", "x")
    #expect(
      refused.code == 65
        && refused.errors.contains("the clock is trusted; there is nothing to accept"))
    #expect(await first.stop() == 0)
    let ledger = try DatabaseQueue(path: company.ledger)
    // As if it had been at work while the clock was thirty days ahead.
    try await ledger.write {
      try $0.execute(sql: "UPDATE ledger SET last_time = last_time + 30 * 86400000")
    }
    try ledger.close()

    let second = try await RunningDaemon.start(company)
    try await second.says("which the ledger has already recorded; nothing is planned or sent")
    try company.insert(4, name: "Held")
    try await Eventually.holds("the alarm") {
      let status = try await company.run("status")
      return status.code == 2 && status.output.contains("CRITICAL: nothing is planned or sent: ")
    }
    #expect(company.letters.isEmpty)
    let accepted = try await company.run("clock", "accept", "--because", "it was wrong before")
    #expect(accepted.code == 0, "\(accepted.errors)")
    try await Eventually.holds("the mail") { company.letters.count == 1 }
    try await Eventually.holds("the end of the alarm") {
      try await company.run("status").code == 0
    }
    #expect(await second.stop() == 0)
    let third = try await RunningDaemon.start(company)
    #expect(await third.stop() == 0)
    #expect(!third.log.contains("nothing is planned or sent"))
  }
}
