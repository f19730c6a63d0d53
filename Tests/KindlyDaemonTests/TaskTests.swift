import Foundation
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// Tasks from the day they are made until they are done, in the company of `ColleagueTests`.
@Suite("Tasks of colleagues")
struct TaskTests {
  private func company(
    at start: String = "2026-03-05 12:00", doneIf: String = "", rows: String = "",
    condition: String = "id <= 2"
  ) async throws -> Company {
    let company = try await ColleagueTests.company(
      at: start,
      rules: """
        rules:
          - { name: call, watch: customers, if: \(condition), send: calls, to: owner, template: call, when: 4 days before ends_on\(doneIf) }
        """,
      rows: "CREATE TABLE visits (id INTEGER PRIMARY KEY, customer_id INTEGER, at TEXT);" + rows)
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    return company
  }

  private func tasks(_ company: Company) async throws -> [String] {
    try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 99
    ).map { task in
      [task.customer, task.assignee, task.outcome, task.note].compactMap(\.self)
        .joined(separator: " ")
    }.sorted()
  }

  private func review(_ company: Company, after time: Duration = .minutes(5)) async throws {
    company.clock.advance(by: time)
    _ = try await company.daemon.tasks.runOnce(now: company.clock.now)
  }

  @Test("are closed once the CRM shows that they are done since they were made")
  func done() async throws {
    let company = try await company(
      doneIf: """
        , done if: "EXISTS (SELECT 1 FROM visits WHERE visits.customer_id = this.id AND visits.at >= Task.created_at)"
        """,
      rows: "INSERT INTO visits VALUES (1, 1, '2026-03-06 08:59:59');")
    #expect(try await tasks(company) == ["1 anna", "2 carl"])
    try await review(company)
    #expect(try await tasks(company) == ["1 anna", "2 carl"])
    try company.write("INSERT INTO visits VALUES (2, 1, '2026-03-06 09:30:00')")
    try await review(company)
    #expect(try await tasks(company) == ["1 anna closed `done if` holds", "2 carl"])
    await company.close()
  }

  @Test("are closed when their customer is gone for a while, or nobody's concern any more")
  func pointless() async throws {
    let company = try await company()
    try company.write("DELETE FROM customers WHERE id = 1")
    try await review(company)
    #expect(try await tasks(company) == ["1 anna", "2 carl"])
    try company.write(
      "INSERT INTO customers VALUES (1, 'Wang', 'w@example.com', 'anna', '2026-03-10', 1)")
    try await review(company)
    try company.write("DELETE FROM customers WHERE id = 1")
    try await review(company)
    #expect(try await tasks(company) == ["1 anna", "2 carl"])
    try await review(company, after: .minutes(10))
    #expect(try await tasks(company) == ["1 anna closed customer 1 is gone", "2 carl"])
    await company.close()
  }

  @Test("stay open when so many customers are lost at once that it looks like a mistake")
  func massLoss() async throws {
    let company = try await company(
      rows: """
        WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 139)
        INSERT INTO customers SELECT i, 'C', i || '@example.com', 'anna', '2026-03-10', 1 FROM n;
        """, condition: "id <= 2 OR id >= 100")
    let all = try await tasks(company)
    #expect(all.count == 42)
    try company.write("DELETE FROM customers")
    try await review(company)
    try await review(company, after: .minutes(11))
    #expect(try await tasks(company) == all)
    #expect(
      company.daemon.health.remarks == [
        "42 of 42 customers with open tasks are gone or no longer meet `customers: if`; so many at once look like a mistake, "
          + "and their tasks stay open; if it is intended, close them with `kindly task done`"
      ])
    await company.close()
  }

  @Test("go to the lead of a colleague who leaves, and say so if there is none")
  func leaving() async throws {
    let company = try await company()
    try company.write("UPDATE staff SET active = 0 WHERE id IN ('anna', 'carl')")
    try await review(company)
    #expect(try await tasks(company) == ["1 dora", "2 dora"])
    // Tasks that are kept at the same time get their numbers in any order.
    let given = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 99)
    let task = try #require(given.first { $0.customer == "1" })
    let events = try await company.daemon.ledger.task(task.id)?.events
    #expect(
      events?.map { "\($0.by): \($0.text)" } == ["kindly: given to dora: colleague anna has left"])
    try company.write("UPDATE staff SET active = 0 WHERE id = 'dora'")
    try await review(company)
    #expect(try await tasks(company) == ["1 dora", "2 dora"])
    let remark =
      "nobody can do the tasks of dora: colleague dora has left, and no active lead takes over; hand them on with `kindly task give`"
    #expect(company.daemon.health.remarks == [remark])
    try company.write("UPDATE staff SET active = 1 WHERE id = 'dora'")
    try await review(company)
    #expect(company.daemon.health.remarks.isEmpty)
    await company.close()
  }

  @Test("stay open if their condition or their source fails, and all others are reviewed")
  func failing() async throws {
    let company = try await company(
      doneIf: """
        , done if: "json_extract(this.name, '$') = task.created_at"
        """)
    try company.write("UPDATE staff SET active = 0 WHERE id = 'anna'")
    try await review(company)
    #expect(try await tasks(company) == ["1 carl", "2 carl"])
    #expect(
      company.daemon.health.remarks.contains {
        $0.hasPrefix("`done if` of rule call: ")
          && $0.hasSuffix(", on rows 1, 2; their tasks stay open")
      }, "\(company.daemon.health.remarks)")
    await company.close()
  }

  @Test("leave no problem of a failed review behind once all are closed")
  func closedAfterFailure() async throws {
    let company = try await company()
    let aside = company.databasePath + ".aside"
    try FileManager.default.moveItem(atPath: company.databasePath, toPath: aside)
    try await review(company)
    #expect(company.daemon.health.failures[.tasks]?.kind == .unreachable)
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 99)
    #expect(tasks.count == 2)
    for task in tasks {
      try await company.daemon.ledger.act(
        on: task.id, .done(outcome: TaskAction.closed, kind: nil, note: nil), by: task.assignee,
        note: ActionNote(uid: nil, user: task.assignee), now: company.clock.now)
    }
    try FileManager.default.moveItem(atPath: aside, toPath: company.databasePath)
    try await review(company)
    #expect(company.daemon.health.failures[.tasks] == nil)
    await company.close()
  }

  @Test("are seen by the colleague whom the user of the machine is, and by no stranger")
  func viewers() async throws {
    let company = try await ColleagueTests.company(
      rules: ColleagueTests.ladder,
      extra: ColleagueTests.people.replacing(
        "timezone: tz }", with: "timezone: tz, user: name, team: lang }")
    )
    let inquiry = CustomerInquiry(company.daemon.configuration, now: company.clock.now)
    func viewer(as key: String?, user: String, isRoot: Bool = false) async throws -> String {
      do {
        let viewer = try await Viewer(as: key, user: user, isRoot: isRoot, inquiry)
        return "\(viewer.name) \(viewer.assignees?.joined(separator: ", ") ?? "everything")"
      } catch let refusal as ViewerRefusal {
        return refusal.description
      }
    }
    #expect(try await viewer(as: nil, user: "root", isRoot: true) == "root everything")
    #expect(try await viewer(as: "anna", user: "root", isRoot: true) == "anna anna, team de")
    #expect(try await viewer(as: nil, user: "Anna") == "anna anna, team de")
    #expect(try await viewer(as: "anna", user: "Anna") == "anna anna, team de")
    #expect(
      try await viewer(as: "carl", user: "Anna")
        == "user Anna may not act as carl; only root may act as somebody else")
    let stranger =
      "is not a colleague: `user: COLUMN` under `colleagues:` names the column that holds user names"
    // The name is compared exactly, and Bob has left.
    for user in ["anna", "Bob", "mallory"] {
      #expect(try await viewer(as: nil, user: user) == "user \(user) \(stranger)")
    }
    #expect(
      try await viewer(as: "bob", user: "root", isRoot: true)
        == "colleague bob has left: `colleagues: if` does not hold for them")
    await inquiry.close()
    await company.close()
  }

  @Test("are seen if their customer is of the viewer's branch, or if they are about nobody")
  func branches() async throws {
    let company = try await ColleagueTests.company(
      rules: ColleagueTests.ladder,
      extra: ColleagueTests.people.replacing(
        "timezone: tz }", with: "timezone: tz, sees: branch }"),
      rows: """
        ALTER TABLE customers ADD COLUMN branch TEXT;
        ALTER TABLE staff ADD COLUMN branch TEXT;
        UPDATE customers SET branch = iif(id = 1, 'A', 'B');
        UPDATE staff SET branch = 'A' WHERE id = 'anna';
        """)
    let now = company.clock.now
    let inquiry = CustomerInquiry(company.daemon.configuration, now: now)
    func task(_ id: Int64, about customer: String?, for assignee: String) -> TaskRecord {
      TaskRecord(
        id: id, publicID: "p\(id)", rule: "call", customer: customer, assignee: assignee,
        subject: "Call", card: nil, state: .open, created: now, due: now, sleepsUntil: nil,
        takenBy: nil, outcome: nil, kind: nil, note: nil, decided: nil)
    }
    func entry(_ id: Int64, about customer: String?, for recipient: String?) -> InboxEntry {
      InboxEntry(
        id: id, delivered: now, publicID: "p\(id)", rule: "note", customer: customer,
        recipient: recipient, subject: "Note", body: nil, read: nil)
    }
    let tasks = [
      task(1, about: "1", for: "anna"), task(2, about: "2", for: "anna"),
      task(3, about: nil, for: "anna"), task(4, about: "1", for: "carl"),
      task(5, about: nil, for: "carl"),
    ]
    let entries = [
      entry(1, about: "1", for: nil), entry(2, about: "2", for: nil),
      entry(3, about: nil, for: nil), entry(4, about: nil, for: "anna"),
      entry(5, about: nil, for: "carl"),
    ]
    // Carl has no branch, so he sees all of them.
    for (key, ownTasks, ownEntries) in [
      ("anna", [1, 3], [1, 4]), ("carl", [4, 5], [1, 2, 3, 5]),
      (nil, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ] as [(String?, [Int64], [Int64])] {
      let viewer = try await Viewer(as: key, user: "root", isRoot: true, inquiry)
      #expect(try await viewer.visible(tasks).map(\.id) == ownTasks)
      #expect(try await viewer.visible(entries).map(\.id) == ownEntries)
    }
    await inquiry.close()
    await company.close()
  }
}
