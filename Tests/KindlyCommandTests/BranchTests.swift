import ArgumentParser
import Foundation
import Glibc
import KindlyTestKit
import Testing

@testable import kindly

/// A colleague of branch A, who is an ordinary user of the machine and may read every file, and a customer of branch B.
@Suite("A colleague of one branch")
struct BranchTests {
  /// Words that only the customer of branch B brings.
  private static let traces = ["7777", "Zebulon", "zebulon"]

  /// Arguments of the verbs that need some.
  private static let arguments: [String: [String]] = [
    "arm": because, "backup": ["copy.db"], "channel pause": ["email"] + because,
    "channel resume": ["email"], "channel test": ["email", "zebulon@example.com"],
    "clock accept": because, "drop": ["call", "--yes"] + because,
    "forecast": ["--customer", "7777"], "forget": ["7777", "--yes"] + because,
    "inbox read": ["--all"],
    "outbox cancel": ["--customer", "7777", "--yes"] + because,
    "outbox restore": ["--customer", "7777", "--yes"] + because,
    "outbox retry": ["--customer", "7777", "--yes"], "outbox settle": ["1", "sent"] + because,
    "outbox show": ["1"], "pause": ["--all"] + because, "plan": ["ETC"],
    "preview": ["call", "7777"], "release": ["call", "--yes"] + because, "resend": ["1"] + because,
    "resume": ["--all"], "send-test": ["email", "zebulon@example.com"],
    "source accept": ["customers"] + because, "source ddl": ["customers"],
    "source ignore": ["customers"] + because, "source inspect": ["crm"],
    "suppression add": ["zebulon@example.com", "--yes"] + because,
    "suppression lift": ["--customer", "7777", "--yes"] + because,
    "task done": ["TASK", "--outcome", "reached"], "task give": ["TASK", "carl"],
    "task show": ["TASK"], "task snooze": ["TASK", "--until", "+2h"], "task take": ["TASK"],
    "why": ["--customer", "7777"],
  ]
  private static let because = ["--because", "x"]

  /// The verbs that show nothing of this company: they make another one, print the version, or are the daemon.
  private static let others: Set = ["demo", "init", "run", "version"]

  /// The verbs that show each colleague what is theirs.
  private static let own = ["inbox", "task"]

  /// Each verb with the words by which it is called.
  private static func verbs(
    of command: any ParsableCommand.Type = Kindly.self, path: [String] = []
  ) -> [(path: String, command: any ParsableCommand.Type)] {
    let verbs = command.configuration.subcommands
    if verbs.isEmpty { return [(path.joined(separator: " "), command)] }
    return verbs.flatMap { BranchTests.verbs(of: $0, path: path + [$0._commandName]) }
  }

  private struct Task: Decodable {
    let id: Int
    let customer: String
  }

  /// The company, with a task and an inbox entry about a customer of each branch.
  private func company() async throws -> Company {
    let company = try await ColleagueCommandTests().company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN branch TEXT;
      ALTER TABLE staff ADD COLUMN branch TEXT;
      ALTER TABLE staff ADD COLUMN login TEXT;
      UPDATE staff SET branch = 'A', login = '\(Self.user)' WHERE id = 'anna';
      UPDATE staff SET branch = 'B' WHERE id = 'bob';
      UPDATE customers SET branch = 'A' WHERE id = 1;
      INSERT INTO customers (id, name, email, status, owner_id, branch)
      VALUES (7777, 'Zebulon', 'zebulon@example.com', 'trial', 'bob', 'B');
      """)
    try company.replace("lead: lead_id }", with: "lead: lead_id, sees: branch, user: login }")
    try company.replace(
      "channels:\n", with: "channels:\n  calls: { type: task }\n  inbox: { type: inbox }\n")
    try company.write(
      """
      rules:
        - { name: call, watch: customers, if: branch IS NOT NULL, when: update of status, to: owner, send: [calls, inbox],
            template: ending, class: service }
      """, to: "rules.d/10-trial.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.database.run("UPDATE customers SET status = 'called' WHERE branch IS NOT NULL")
    try await Eventually.holds("two tasks and two entries") {
      let tasks = try await company.run("task", "list", "--json").json(as: [Task].self)
      let entries = try await company.run("inbox", "list", "--json").json(as: [Task].self)
      return tasks.count == 2 && entries.count == 2
    }
    #expect(await daemon.stop() == 0)
    return company
  }

  /// The user as whom the verbs run.
  private static let user = "nobody"

  /// Runs a verb as that user, with a copy of the binary that they can reach.
  private func run(
    _ arguments: [String], in company: Company, _ binary: String
  ) async throws -> KindlyBinary.Result {
    let through = ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return try await KindlyBinary.run(
      arguments + ["--config", company.etc], through: through, binary: binary)
  }

  /// Lets everybody read and write the company's files: permissions must not be what hides a customer.
  private func open(_ company: Company) throws {
    let files = FileManager.default
    let databases = URL(fileURLWithPath: company.database.path).deletingLastPathComponent().path
    for folder in [company.folder.path, databases] {
      for path in [folder] + (files.subpaths(atPath: folder) ?? []).map({ folder + "/" + $0 }) {
        try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
      }
    }
  }

  /// Whoever runs the tests owns the ledger, so only root can run the verbs as somebody else.
  @Test(
    "sees no customer, task or message of another branch, by any verb",
    .enabled(if: geteuid() == 0))
  func verbs() async throws {
    let company = try await company()
    let tasks = try await company.run("task", "list", "--json").json(as: [Task].self)
    let other = try #require(tasks.first { $0.customer == "7777" })
    let binary = company.folder.path + "/kindly"
    // By another process: a file that this one has just written cannot be run while other threads start programs.
    let copied = try await KindlyBinary.run([KindlyBinary.path, binary], binary: "/bin/cp")
    #expect(copied.code == 0, "\(copied.errors)")
    try open(company)
    let version = try await KindlyBinary.run(["version"], binary: binary)
    #expect(version.code == 0)

    var tried: Set<String> = []
    for (path, command) in Self.verbs() where !Self.others.contains(path) {
      let extra = (Self.arguments[path] ?? []).map {
        $0.replacing("TASK", with: "\(other.id)").replacing("ETC", with: company.etc)
      }
      let words = path.split(separator: " ").map(String.init)
      let forms = Kindly.helpMessage(for: command).contains("--json") ? [[], ["--json"]] : [[]]
      for form in forms {
        let result = try await run(words + extra + form, in: company, binary)
        let text = result.output + result.errors
        #expect(!Self.traces.contains(where: text.contains), "\(path) \(form): \(text)")
        if Self.own.contains(words[0]) {
          #expect(result.code != 77, "\(path): \(text)")
        } else {
          #expect(text.contains("is a colleague who sees only some customers"), "\(path): \(text)")
          #expect(result.code == (path == "status" ? 3 : 77), "\(path): \(text)")
        }
      }
      tried.insert(path)
    }
    #expect(tried.count > 30 && Set(Self.arguments.keys).isSubset(of: tried))

    // What is her own is there, and root sees it all.
    let own = try await run(["task", "list", "--json"], in: company, binary)
    #expect(try own.json(as: [Task].self).map(\.customer) == ["1"], "\(own)")
    let all = try await company.run("outbox", "list")
    #expect(all.output.contains("7777"), "\(all)")
  }
}
