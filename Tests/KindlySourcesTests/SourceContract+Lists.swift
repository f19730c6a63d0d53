import KindlyCore
import KindlySources
import Testing

extension SourceContract {
  /// A list's query runs as written, with its own order and limit.
  func lists() async throws {
    try await makeTable()
    let rows = (6...90).map { "(\($0), 'paid', NULL, 7)" }.joined(separator: ", ")
    try await fixture.run("INSERT INTO t VALUES \(rows)")
    let source = fixture.source(slice: 2)
    func ask(_ query: String, _ customer: RowKey?) async throws(SourceProblem) -> ListAnswer {
      try await source.list(
        ListQuestion(
          list: CustomerList(name: "recent", source: "crm", query: query), customer: customer,
          clock: noon))
    }
    let own =
      "SELECT id AS number, status FROM t WHERE id = :customer OR at = :customer ORDER BY id DESC"
    let found = try await ask(own, key(2))
    #expect(found.columns == ["number", "status"])
    #expect(
      found.rows == [5, 4, 2].map { [.integer($0), .text("trial")] }, "\(found.rows)")
    #expect(try await ask(own, key(7)).rows.count == CustomerList.mostRows + 1)
    #expect(try await ask(own, key(7)).rows.first == [.integer(90), .text("paid")])
    #expect(try await ask(own, nil).rows.isEmpty)
    #expect(
      try await ask("SELECT id FROM t WHERE due < :today AND id = :customer", key(1)).rows.count
        == 1)
    let problem = await #expect(throws: SourceProblem.self) {
      try await ask("SELECT no_such FROM t WHERE id = :customer", key(1))
    }
    #expect(problem?.kind == .condition)
    #expect(
      problem?.description.hasPrefix("list recent: the query fails: ") == true, "\(problem as Any)")
    #expect(problem?.description.contains("no_such") == true, "\(problem as Any)")
    // A failed query leaves nothing behind.
    #expect(
      try await source.sweepAll(watching(), columns: ["status"], captured: []).rows.count == 90)
    await source.close()
  }
}
