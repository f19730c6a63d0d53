import Foundation
import KindlyTestKit
import Testing

@Suite("kindly forecast and kindly plan")
struct ForecastTests {
  /// A company whose trials end tomorrow and in nine days, and that greets everybody every day.
  private func company() throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      UPDATE customers SET status = 'trial', trial_ends_on = date('now', '+9 days') WHERE id = 1;
      UPDATE customers SET status = 'trial', trial_ends_on = date('now', '+10 days') WHERE id = 2;
      UPDATE customers SET status = 'trial', trial_ends_on = date('now', '+10 days'), email = NULL WHERE id = 3;
      """)
    try company.write(
      """
      rules:
        - name: ending
          watch: customers
          if: status = 'trial'
          send: email
          template: ending
          when: 2 days before trial_ends_on
        - name: daily
          when: every day at 12:00
          if: id = 1
          send: email
          template: ending
      """, to: "rules.d/10-trial.yaml")
    return company
  }

  private struct Entry: Decodable {
    let rule: String
    let customer: String
    let leaves: String?
    let channel: String?
    let reason: String?
  }

  @Test("shows a table by day and step, the list of a customer, and every reminder for programs")
  func forms() async throws {
    let company = try company()
    let table = try await company.run("forecast", "--days", "14")
    #expect(table.code == 0, "\(table.errors)")
    #expect(table.cells.contains { $0.hasPrefix("ending only 2 email 2 1 no address") })
    #expect(table.cells.contains { $0.hasPrefix("daily only 14 email 14") })
    #expect(table.cells.contains { $0.hasPrefix("total 16 email 16") })
    #expect(table.output.contains("█"))
    let one = try await company.run("forecast", "--days", "14", "--customer", "2")
    #expect(one.cells.count == 2, "\(one.output)")
    let entries = try await company.run("forecast", "--days", "14", "--json").json(
      as: [Entry].self)
    #expect(entries.count == 17)
    #expect(entries.count { $0.reason == "no address" && $0.leaves == nil } == 1)
    #expect(entries.count { $0.customer == "1" && $0.channel == "email" } == 15)
    let lines = try await company.run("forecast", "--days", "14", "--rule", "ending", "--csv")
    #expect(
      lines.cells.first
        == "rule,step,leg,customer,row,cycle,due,leaves,channel,reason,segments,cost,currency,estimated,recipient"
    )
    #expect(lines.cells.count == 4)
    #expect(!lines.output.contains("@"))
    let later = try await company.run(
      "forecast", "--at", "+11d", "--days", "3", "--rule", "ending")
    #expect(later.output.hasPrefix("no reminders from"), "\(later.output)")
    let past = try await company.run(
      "forecast", "--at", "3d", "--days", "3", "--rule", "daily", "--json"
    ).json(as: [Entry].self)
    #expect(past.count == 3)
    #expect(!FileManager.default.fileExists(atPath: company.ledger))
  }

  @Test("counts what is overdue and leaves at once or stays, and warns of a flood of it")
  func overdue() async throws {
    let company = try Company()
    try company.database.run(
      """
      UPDATE customers SET trial_ends_on = date('now', '-1 day') WHERE id IN (1, 2);
      UPDATE customers SET email = NULL WHERE id = 2;
      """)
    // A day that began at least 32 and at most 56 hours ago; a reminder of it is of use for at least 72.
    try company.write(
      """
      rules:
        - name: ended
          watch: customers
          when: on trial_ends_on at 00:00
          send: email
          template: ending
          backfill: 5 days
      """, to: "rules.d/10-trial.yaml")
    let table = try await company.run("forecast", "--days", "1")
    #expect(
      table.cells.contains { $0.hasPrefix("ended only 1 email 1 1 no address") },
      "\(table.output)\(table.errors)")
    let entries = try await company.run("forecast", "--days", "1", "--json").json(as: [Entry].self)
    #expect(entries.count == 2)
    #expect(entries.count { $0.customer == "1" && $0.leaves != nil } == 1)
    #expect(entries.count { $0.customer == "2" && $0.reason == "no address" } == 1)
    let later = try await company.run("forecast", "--at", "+1d", "--json").json(as: [Entry].self)
    #expect(later.isEmpty)
    try company.database.run(
      """
      WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1119)
      INSERT INTO customers (id, name, email, trial_ends_on)
      SELECT i, 'c' || i, 'c' || i || '@example.com', date('now', '-1 day') FROM n
      """)
    let warned = try await company.run("forecast", "--days", "1")
    #expect(
      warned.errors.contains("kindly: rule ended: the fuse will hold the 121 reminders of 20"),
      "\(warned.errors)")
  }

  @Test("refuses what makes no sense", arguments: [["--days", "0"], ["--csv", "--json"]])
  func refusals(_ arguments: [String]) async throws {
    let company = try company()
    #expect(try await company.run(["forecast"] + arguments).code == 64)
    #expect(try await company.run("forecast", "--rule", "endin").errors.contains("`ending`?"))
    #expect(try await company.run(["plan", company.etc] + arguments).code == 64)
  }

  @Test("warns of a day that the fuse of a rule will hold, and so does the comparison")
  func flood() async throws {
    let company = try company()
    try company.database.run(
      """
      WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1119)
      INSERT INTO customers (id, name, email, status, trial_ends_on)
      SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial', date('now', '+10 days') FROM n
      """)
    let warned = try await company.run("forecast", "--days", "14", "--csv")
    #expect(warned.code == 0)
    #expect(
      warned.errors.contains("kindly: rule ending: the fuse will hold the 121 reminders of 20"),
      "\(warned.errors)")
    #expect(warned.errors.contains("write `fuse: 121 a day` in the rule"))
    let one = try await company.run("forecast", "--days", "14", "--customer", "2")
    #expect(one.errors.isEmpty)

    let other = company.folder.path + "/other"
    try FileManager.default.copyItem(atPath: company.etc, toPath: other)
    let compared = try await company.run("plan", other, "--days", "14")
    #expect(compared.cells.contains("ending 122 122 0 0 0 0 121"), "\(compared.output)")
    let rules = try String(contentsOfFile: other + "/rules.d/10-trial.yaml", encoding: .utf8)
    try rules.replacing("- name: ending", with: "- name: ending\n    fuse: 121 a day").write(
      toFile: other + "/rules.d/10-trial.yaml", atomically: true, encoding: .utf8)
    let meant = try await company.run("plan", other, "--days", "14")
    #expect(meant.cells.contains("ending 122 122 0 0 0 0 0"), "\(meant.output)")
  }

  @Test("prints a whole list even if a source does not answer")
  func unreachable() async throws {
    let company = try company()
    try FileManager.default.removeItem(atPath: company.database.path)
    for verb in [["forecast"], ["plan", company.etc]] {
      let failed = try await company.run(verb + ["--json"])
      #expect(failed.code != 0, "\(failed.errors)")
      #expect(try failed.json(as: [Entry].self).isEmpty, "\(failed.output)")
    }
  }

  private struct Change: Decodable {
    let change: String
    let rule: String
    let customer: String
    let due: String
    let leaves: String?
    let channel: String?
    let leftBefore: String?
    let channelBefore: String?

    var isNew: Bool {
      leaves != nil && channel == "email" && leftBefore == nil && channelBefore == nil
    }
    var isGone: Bool {
      leaves == nil && channel == nil && leftBefore != nil && channelBefore == "email"
    }
    var isEarlier: Bool {
      guard let leaves, let leftBefore else { return false }
      return leaves < leftBefore && channel == "email" && channelBefore == "email"
    }
  }

  @Test("compares another configuration, and a reload says what it changes")
  func plan() async throws {
    let company = try company()
    let other = company.folder.path + "/other"
    try FileManager.default.copyItem(atPath: company.etc, toPath: other)
    let same = try await company.run("plan", other, "--days", "14")
    #expect(same.output.contains("nothing changes"), "\(same.output)\(same.errors)")
    let rules = try String(contentsOfFile: other + "/rules.d/10-trial.yaml", encoding: .utf8)
    let edited = rules.replacing("when: 2 days before", with: "when: 3 days before")
      .replacing("if: id = 1", with: "if: id = 2").replacing("name: daily", with: "name: noon")
    try edited.write(
      toFile: other + "/rules.d/10-trial.yaml", atomically: true, encoding: .utf8)
    let changed = try await company.run("plan", other, "--days", "14")
    #expect(changed.cells.contains("ending 2 2 0 0 2 0 0"), "\(changed.output)")
    #expect(changed.cells.contains("noon 0 14 14 0 0 0 0"))
    #expect(changed.cells.contains("daily 14 0 0 14 0 0 0"))
    #expect(changed.cells.contains("total 16 16 14 14 2 0 0"))
    let lines = try await company.run("plan", other, "--days", "14", "--csv")
    #expect(lines.cells.count == 1 + 30)
    #expect(
      lines.cells.first
        == "change,rule,step,leg,customer,row,cycle,leaves,channel,left_before,channel_before,due,recipient"
    )
    #expect(lines.cells.count { $0.hasPrefix("moved,ending,only,0,") } == 2)
    let changes = try await company.run("plan", other, "--days", "14", "--json").json(
      as: [Change].self)
    #expect(changes.count == 30)
    func all(_ word: String, _ rule: String, _ count: Int, _ isRight: (Change) -> Bool) -> Bool {
      let found = changes.filter { $0.change == word && $0.rule == rule }
      return found.count == count && found.allSatisfy(isRight)
    }
    #expect(all("added", "noon", 14) { $0.isNew && $0.customer == "2" }, "\(changes)")
    #expect(all("dropped", "daily", 14) { $0.isGone && $0.customer == "1" }, "\(changes)")
    #expect(all("moved", "ending", 2, \.isEarlier), "\(changes)")
    let times = changes.flatMap { [$0.due, $0.leaves, $0.leftBefore] }.compactMap(\.self)
    #expect(times.allSatisfy { $0.hasSuffix("+08:00") }, "\(times)")
    let nowhere = try await company.run("plan", other + "/nowhere")
    #expect(nowhere.code != 0)
    let daemon = try await RunningDaemon.start(company)
    try company.write(edited, to: "rules.d/10-trial.yaml")
    let reload = try await company.run("reload")
    #expect(reload.code == 0, "\(reload.errors)")
    // Seven noons are in any seven days; what else changes depends on the hour.
    #expect(reload.output.contains("; in the next 7 days: "), "\(reload.output)")
    #expect(reload.output.contains(" more, 7 fewer"), "\(reload.output)")
    #expect(await daemon.stop() == 0)
  }
}
