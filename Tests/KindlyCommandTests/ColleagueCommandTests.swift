import Foundation
import KindlyTestKit
import Testing

@Suite("Colleagues on the command line")
struct ColleagueCommandTests {
  /// A company whose customers have owners, some of whom cannot be reached.
  func company() async throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN owner_id TEXT;
      CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, mail TEXT, lead_id TEXT);
      INSERT INTO staff VALUES
        ('anna', 'Anna', 'anna@company.example', 'carl'), ('bob', 'Bob', NULL, 'bob'),
        ('carl', 'Carl', 'carl@company.example', 'nora');
      UPDATE customers SET owner_id = 'anna' WHERE id = 1;
      UPDATE customers SET owner_id = 'bob', status = 'trial' WHERE id = 3;
      INSERT INTO customers (id, name, email, status, owner_id) VALUES
        (4, 'Eve', 'eve@example.com', 'trial', 'zoe');
      """)
    try company.configure(
      "  staff: { source: crm, table: staff, key: id }", behind: "watches:")
    try company.replace("  email: email\n", with: "  email: email\n  owner: owner_id\n")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main + "\ncolleagues: { watch: staff, name: name, email: mail, lead: lead_id }\n",
      to: "kindly.yaml")
    try company.write(
      """
      rules:
        - name: trial
          watch: customers
          if: status = 'trial'
          when: 4 days before trial_ends_on
          to: [owner, customer]
          send: email
          template: ending
      """, to: "rules.d/10-trial.yaml")
    return company
  }

  @Test("are counted by check, which names those who cannot be reached and wrong leads")
  func check() async throws {
    let company = try await company()
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    for warning in [
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: customers without an owner\n",
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: colleagues without a valid address for email (bob)\n",
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: colleagues who are not in the directory (zoe)\n",
      "warning: watch staff: 1 colleague is their own lead, directly or through others: bob; messages to their lead reach nobody\n",
      "warning: watch staff: 1 lead is not in the directory: nora; messages to them reach nobody\n",
    ] {
      #expect(checked.errors.contains(warning), "\(warning)\n\(checked.errors)")
    }
    #expect(
      checked.output.contains("send ending to owner and customer by email"), "\(checked.output)")
  }

  @Test("without an address for the channel that carries their tasks are counted by check")
  func carriers() async throws {
    let company = try await company()
    try company.replace("channels:\n", with: "channels:\n  calls: { type: task, via: email }\n")
    try company.write(
      """
      rules:
        - { name: call, watch: customers, when: insert, to: owner, send: calls, template: ending }
      """, to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "warning: rule call: `via: email` cannot carry the task's card for 1 of 4 customers: colleagues without a valid address for email (bob)\n"
      ), "\(checked.errors)")
    #expect(
      !checked.errors.contains("reaches nobody for 1 of 4 customers: colleagues without a valid"))
    #expect(
      checked.output.contains("send ending to owner by calls and by email"), "\(checked.output)")
  }

  @Test("are shown by preview and forecast, and preview says why there is nobody")
  func preview() async throws {
    let company = try await company()
    let owner = try await company.run("preview", "trial", "1")
    #expect(owner.output.hasPrefix("To: Anna <anna@company.example>\n"), "\(owner)")
    let customer = try await company.run("preview", "trial", "1", "--to", "customer")
    #expect(customer.output.hasPrefix("To: 李伟 <li.wei@example.com>\n"), "\(customer)")
    let nobody = try await company.run("preview", "trial", "2")
    #expect(nobody.code != 0)
    #expect(
      nobody.errors.contains("nobody can be found for `to: owner`: customer 2 has no owner"),
      "\(nobody.errors)")
    let wrong = try await company.run("preview", "trial", "1", "--to", "lead")
    #expect(
      wrong.errors.contains(
        "rule trial does not write to `lead`; its recipients are owner, customer"),
      "\(wrong.errors)")
    struct Entry: Decodable {
      let customer: String
      let recipient: String?
      let leg: Int
    }
    let entries = try await company.run(
      "forecast", "--at", "2099-02-01", "--days", "10", "--json"
    ).json(as: [Entry].self).filter { $0.customer == "1" }.sorted { $0.leg < $1.leg }
    #expect(entries.map(\.recipient) == ["anna", nil])
    #expect(entries.map(\.leg) == [0, 5])
  }

  @Test("must have the columns that rules and the directory name")
  func columns() async throws {
    let company = try await company()
    try company.replace("lead: lead_id", with: "lead: boss")
    let path = company.etc + "/rules.d/10-trial.yaml"
    let rules = try String(contentsOfFile: path, encoding: .utf8)
    try company.write(
      rules.replacing("[owner, customer]", with: "colleague handler"), to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(checked.code != 0)
    #expect(
      checked.errors.contains(
        "expected watch staff to have the column boss that `colleagues:` names as `lead`"),
      "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "expected watch customers to have the column handler that `to: colleague handler` names"),
      "\(checked.errors)")
  }

  /// The company with a task for each of two owners, who look after customers of different branches.
  private func companyWithTasks() async throws -> Company {
    let company = try await company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN branch TEXT;
      ALTER TABLE staff ADD COLUMN branch TEXT;
      ALTER TABLE staff ADD COLUMN login TEXT;
      ALTER TABLE staff ADD COLUMN zone TEXT;
      UPDATE staff SET zone = 'Europe/Berlin' WHERE id = 'bob';
      UPDATE staff SET branch = 'A', login = 'root' WHERE id = 'anna';
      UPDATE staff SET branch = 'B', lead_id = 'carl' WHERE id = 'bob';
      UPDATE customers SET branch = 'A' WHERE id = 1;
      UPDATE customers SET branch = 'B' WHERE id = 3;
      """)
    try company.replace(
      "lead: lead_id }", with: "lead: lead_id, sees: branch, user: login, timezone: zone }")
    try company.replace(
      "channels:\n", with: "channels:\n  calls: { type: task, within: 2 hours }\n")
    try company.write(
      """
      rules:
        - { name: call, watch: customers, if: id <> 2, when: update of status, to: owner, send: calls, template: ending, quiet hours: none }
      """, to: "rules.d/10-trial.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.database.run("UPDATE customers SET status = 'called' WHERE id IN (1, 3)")
    try await Eventually.holds("two tasks") {
      try await company.run("task", "list", "--json").json(as: [Task].self).count == 2
    }
    #expect(await daemon.stop() == 0)
    return company
  }

  private struct Task: Decodable {
    let id: Int
    let customer: String
    let assignee: String
    let state: String
    let outcome: String?
    var due: String?
  }

  private struct Detail: Decodable {
    struct Event: Decodable { let text: String }
    let task: Task
    let events: [Event]
  }

  /// Bob's task is to be done again on a date, in Bob's time zone.
  private func again(_ id: Int, in company: Company) async throws {
    func done(_ arguments: String...) async throws -> KindlyBinary.Result {
      try await company.run(["task", "done", "\(id)"] + arguments)
    }
    for (arguments, text) in [
      (
        ["--outcome", "again"],
        "expected --on with --outcome again: the date on which to do it again"
      ),
      (
        ["--outcome", "reached", "--on", "2099-12-05"],
        "expected --on and --at only with --outcome again, got --outcome reached"
      ),
      (["--outcome", "again", "--at", "10:00"], "expected --on with --outcome again"),
      (
        ["--outcome", "again", "--on", "2020-12-05"],
        "expected --on to be a time in the future, got 2020-12-05 09:00 CET"
      ),
      (["--outcome", "again", "--on", "5 December"], "--on"),
      (["--outcome", "again", "--on", "2099-12-05", "--at", "25:00"], "--at"),
    ] {
      let refused = try await company.run(["task", "done", "\(id)"] + arguments)
      #expect(refused.code != 0 && refused.errors.contains(text), "\(arguments) \(refused.errors)")
    }
    let put = try await done(
      "--outcome", "again", "--on", "2099-12-05", "--at", "10:00", "--note", "is ill")
    #expect(put.output == "task \(id) is to be done again on 2099-12-05 10:00 CET\n", "\(put)")
    let shown = try await company.run("task", "show", "\(id)", "--json").json(as: Detail.self)
    #expect(shown.task.state == "open" && shown.task.outcome == nil)
    #expect(shown.task.due?.hasPrefix("2099-12-05T") == true, "\(shown.task.due ?? "")")
    #expect(shown.events.map(\.text) == ["again on 2099-12-05 10:00 CET: is ill"])
    #expect(
      try await company.run("task", "list", "--json").json(as: [Task].self).allSatisfy {
        $0.id != id
      })
  }

  @Test("can give an outcome one of the kinds that the configuration lists")
  func kinds() async throws {
    let company = try await companyWithTasks()
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main + "task outcomes: [reached, complaint: [delivery, price]]\n", to: "kindly.yaml")
    let id = try #require(
      try await company.run("task", "list", "--json").json(as: [Task].self).first
    ).id
    func done(_ arguments: String...) async throws -> KindlyBinary.Result {
      try await company.run(["task", "done", "\(id)"] + arguments)
    }
    #expect(
      try await done("--outcome", "complaint", "--kind", "prize").errors.contains(
        "expected --kind of complaint to be one of delivery, price, got prize; did you mean `price`?"
      ))
    #expect(
      try await done("--outcome", "again", "--on", "2099-12-05").errors.contains(
        "expected --outcome to be one of reached, complaint, got again"))
    let ended = try await done("--outcome", "complaint", "--kind", "price")
    #expect(ended.output == "task \(id) is done: complaint\n", "\(ended)")
    let listed = try await company.run("task", "list", "--all")
    #expect(listed.output.contains("done: complaint (price)"), "\(listed.output)")
  }

  /// The verbs to try on a task that the viewer may not see, with the arguments after its id.
  private static let verbs = [
    ["show"], ["take"], ["done", "--outcome", "reached"], ["snooze", "--until", "+2h"],
    ["give", "carl"],
  ]

  @Test("cannot use a verb on somebody else's task, even if they see all customers")
  func others() async throws {
    let company = try await companyWithTasks()
    try company.replace("sees: branch, ", with: "")
    let all = try await company.run("task", "list", "--json").json(as: [Task].self)
    let other = try #require(all.first { $0.assignee == "bob" })
    for verb in Self.verbs {
      let arguments = ["task", verb[0], "\(other.id)"] + verb.dropFirst() + ["--as", "anna"]
      let result = try await company.run(arguments)
      #expect(result.code != 0)
      #expect(result.errors.contains("there is no task \(other.id)"), "\(arguments) \(result)")
    }
    let shown = try await company.run("task", "show", "\(other.id)", "--as", "bob")
    #expect(shown.code == 0, "\(shown.errors)")
  }

  @Test("see nothing if the column of their branch is missing, and it must not be secret")
  func noBranch() async throws {
    let company = try await companyWithTasks()
    func expectRefusal(_ column: String, _ watch: String) async throws {
      let listed = try await company.run("task", "list", "--as", "anna")
      #expect(listed.code != 0 && listed.output.isEmpty, "\(listed)")
      #expect(
        listed.errors.contains(
          "expected watch \(watch) to have the column \(column) that `sees:` under `colleagues:` names"
        ), "\(listed.errors)")
    }
    try company.replace("sees: branch", with: "sees: area")
    try await expectRefusal("area", "staff")
    try company.database.run("ALTER TABLE staff ADD COLUMN area TEXT; UPDATE staff SET area = 'A';")
    try await expectRefusal("area", "customers")
    let checked = try await company.run("check")
    #expect(
      (checked.output + checked.errors).contains(
        "expected watch customers to have the column area that `sees:` under `colleagues:` names"),
      "\(checked)")
    try company.replace("sees: area", with: "secret: [branch], sees: branch")
    let secret = try await company.run("task", "list", "--as", "anna")
    #expect(
      secret.errors.contains(
        "expected `sees:` under `colleagues:` to name a column that `secret:` under `colleagues:` does not list, got `branch`"
      ), "\(secret.errors)")
  }

  @Test("work off their tasks, and see those of their branch only, by every verb")
  func tasks() async throws {
    let company = try await companyWithTasks()
    let all = try await company.run("task", "list", "--json").json(as: [Task].self)
    #expect(Set(all.map { "\($0.assignee) \($0.customer)" }) == ["anna 1", "bob 3"])
    let own = try #require(all.first { $0.assignee == "anna" })
    let other = try #require(all.first { $0.assignee == "bob" })
    let annas = try await company.run("task", "list", "--as", "anna", "--all", "--json")
    #expect(try annas.json(as: [Task].self).map(\.customer) == ["1"])
    let shown = try await company.run("task", "show", "\(own.id)", "--as", "anna")
    #expect(
      shown.output.contains("Your trial ends") && shown.output.contains("created by rule call"))
    // What belongs to another branch does not exist for her, whatever she does.
    for verb in Self.verbs {
      let arguments = ["task", verb[0], "\(other.id)"] + verb.dropFirst() + ["--as", "anna"]
      let result = try await company.run(arguments)
      #expect(result.code != 0)
      #expect(
        result.errors.contains("there is no task \(other.id); `kindly task list` shows the ids"),
        "\(arguments) \(result)")
      #expect(!result.output.contains("Bob"))
    }
    let wrong = try await company.run("task", "done", "\(own.id)", "--outcome", "reachd")
    #expect(
      wrong.errors.contains(
        "expected --outcome to be one of reached, not reached, complaint, wants to buy, again, got reachd; did you mean `reached`?"
      ), "\(wrong.errors)")
    let nobody = try await company.run("task", "give", "\(own.id)", "zoe", "--as", "anna")
    #expect(nobody.errors.contains("there is no colleague or team zoe"), "\(nobody.errors)")
    let given = try await company.run("task", "give", "\(own.id)", "carl", "--as", "anna")
    #expect(given.output == "task \(own.id) is given to carl\n", "\(given)")
    let done = try await company.run(
      "task", "done", "\(own.id)", "--outcome", "complaint", "--kind", "delivery", "--as", "carl")
    #expect(done.output == "task \(own.id) is done: complaint\n", "\(done)")
    let past = try await company.run("task", "snooze", "\(other.id)", "--until", "2020-01-01")
    #expect(past.errors.contains("expected --until to be a time in the future"), "\(past.errors)")
    try await again(other.id, in: company)
    let status = try await company.run("status")
    #expect(
      status.output.contains("tasks: 1 open, 0 overdue; see `kindly task list`"), "\(status.output)"
    )
    let unknown = try await company.run("task", "list", "--as", "nobody")
    #expect(unknown.errors.contains("there is no colleague nobody"), "\(unknown.errors)")
  }
}
