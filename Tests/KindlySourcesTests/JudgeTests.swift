import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct JudgeTests {
  private func judge(
    _ condition: String, _ operation: ChangeOperation = .update, old: RowValues? = nil,
    new: RowValues? = nil, key: Int64 = 1
  ) async throws -> Bool {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT, n INTEGER, due DATE);
      INSERT INTO t VALUES (1, 'paid', 5, '2026-02-10');
      """)
    let change = NoticedChange(
      // Integers and texts always make a key.
      id: 77, operation: operation, key: RowKey([.integer(key)])!, old: old, new: new, changed: [],
      noticed: noon.now)
    let answer = try await database.source().judge(
      ChangeQuestion(watch: watching(), changes: [change], conditions: [condition], clock: noon))
    #expect(answer.faults.isEmpty && answer.satisfied.isSubset(of: [77]))
    return answer.satisfied == [77]
  }

  @Test(
    "asks the row as it is, beside its old values",
    arguments: [
      ("status = 'paid'", true), ("this.status = 'paid' AND old.status = 'trial'", true),
      ("status IS DISTINCT FROM old.status", true), ("old.id = id", true), ("old.n = '4'", true),
      ("old.due < :today", true), ("old.due IS NULL", false), ("n > old.n -- grown", true),
      ("old.status = 'paid'", false),
    ])
  func row(condition: String, holds: Bool) async throws {
    let old: RowValues = ["status": .text("trial"), "n": .integer(4), "due": .text("2026-01-01")]
    #expect(try await judge(condition, old: old) == holds)
  }

  @Test("has no old values for an insert, and no row where it is gone")
  func insert() async throws {
    #expect(try await judge("old.status IS NULL AND old.id IS NULL AND status = 'paid'", .insert))
    #expect(try await judge("1", .insert, key: 2) == false)
  }

  @Test(
    "asks the row as a logged change left it, and the row as it is for what was not logged",
    arguments: [
      ("status = 'expired'", true), ("n = 5", true), ("status = 5", false), ("id = 1", true),
      ("due = :today", true),
    ])
  func logged(condition: String, holds: Bool) async throws {
    let (old, new): (RowValues, RowValues) = (
      ["status": .text("trial")], ["status": .text("expired")]
    )
    #expect(try await judge(condition, old: old, new: new) == holds)
  }

  @Test(
    "asks the row itself while it matches the image, and otherwise the image unless the condition fails on it",
    arguments: [
      ("Paid", "status = 'paid' AND this.rowid = 1", true), ("trial", "status = 'paid'", false),
      ("trial", "status = 'trial'", true), ("{", "json_valid(status) = 0", true),
      ("{", "json(status) IS NOT NULL", true),
    ])
  func images(status: String, condition: String, holds: Bool) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT COLLATE NOCASE);
      INSERT INTO t VALUES (1, \(status == "{" ? "'[]'" : "'Paid'"));
      """)
    let change = NoticedChange(
      id: 77, operation: .update, key: try #require(RowKey([.integer(1)])), old: [:],
      new: ["status": .text(status)], changed: ["status"], noticed: noon.now)
    let answer = try await database.source().judge(
      ChangeQuestion(watch: watching(), changes: [change], conditions: [condition], clock: noon))
    #expect(answer == Judgement(satisfied: holds ? [77] : []))
  }

  @Test("gives NULL for what was not logged of a row that is gone")
  func loggedAndGone() async throws {
    let new: RowValues = ["status": .text("5")]
    #expect(try await judge("status = 5 AND n IS NULL AND id = 2", old: [:], new: new, key: 2))
  }

  @Test("asks a deleted row's old values for both names")
  func deleted() async throws {
    let old: RowValues = ["status": .text("trial"), "n": .integer(4)]
    #expect(
      try await judge(
        "status = 'trial' AND old.n = n AND this.id = 3 AND due IS NULL", .delete, old: old, key: 3)
    )
  }

  @Test("judges changes of all kinds together")
  func together() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (a TEXT, b, n, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('x', 1, 1), ('x', '2', 2)"
    )
    func change(_ id: Int64, _ key: [Value], _ operation: ChangeOperation, n: Int64?)
      -> NoticedChange
    {
      NoticedChange(
        // Integers and texts always make a key.
        id: id, operation: operation, key: RowKey(key)!, old: ["n": .integer(2)],
        new: n.map { ["n": .integer($0)] }, changed: ["n"], noticed: noon.now)
    }
    let changes = [
      change(1, [.text("x"), .integer(1)], .update, n: nil),
      change(2, [.text("x"), .text("2")], .update, n: nil),
      change(3, [.text("x"), .integer(1)], .update, n: 2),
      change(4, [.text("y"), .integer(1)], .delete, n: nil),
    ]
    let answer = try await database.source().judge(
      ChangeQuestion(
        watch: watching(key: "a", "b"), changes: changes, conditions: ["n = 2", "old.n = 2"],
        clock: noon))
    #expect(answer == Judgement(satisfied: [2, 3, 4]))
  }
}
