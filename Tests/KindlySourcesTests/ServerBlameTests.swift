import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// Who is to blame for what a server refuses, and what is told of it.
@Suite("What a server refuses") struct ServerBlameTests {
  @Test(
    "blames one watch for what is wrong with it, and reads the others",
    arguments: ServerTables.brokenWatches)
  func watches(_ example: ServerTables.BrokenWatch) async throws {
    let other = try await example.kind.database("CREATE TABLE secret (id int PRIMARY KEY)")
    let database = try await example.kind.database(ServerConnectionTests.table)
    try database.run(example.kind.brokenTables(beside: other))
    let source = database.source(deadline: .seconds(2))
    let problem = await source.problem(
      with: example.watch(beside: other), reading: example.columns)
    let told = "\(String(describing: problem))"
    #expect(problem?.kind == .watch, "\(told)")
    #expect(problem?.description.contains(example.message) == true, "\(told)")
    #expect(problem?.description.contains("Private") == false)
    if let hint = example.hint { #expect(problem?.hint?.contains(hint) == true, "\(told)") }
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }

  @Test(
    "blames a condition for its own faults, without the data it failed on",
    arguments: ServerTables.brokenConditions)
  func conditions(kind: ServerKind, condition: String, message: String) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, status varchar(20));
      INSERT INTO t VALUES (1, 'Mrs Private');
      \(kind.brokenFunctions)
      """)
    let source = database.source(deadline: .seconds(2))
    let problem = await source.fault(of: condition)
    let told = "\(String(describing: problem))"
    #expect(problem?.kind == .condition, "\(told)")
    #expect(problem?.description.contains(message) == true, "\(told)")
    #expect(problem?.description.contains("Private") == false)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }

  @Test(
    "leaves out a column whose bytes mean nothing to it, and says so where a rule needs its dates",
    arguments: ServerKind.allCases)
  func bytes(kind: ServerKind) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, photo \(kind.bytes.type), status varchar(9));
      INSERT INTO t VALUES (1, \(kind.bytes.literal), 'trial')
      """)
    let source = database.source()
    #expect(try await source.columns(of: watching()) == ["id", "status"])
    #expect(try await source.sample(watching(), limit: 1).first?.values["photo"] == .null)
    let problem = await #expect(throws: SourceProblem.self) {
      try await source.allCandidates(
        CandidateQuery(
          watch: watching(), schedule: Schedule(.on, column: "photo"), kind: .unknown,
          lower: date("2026-02-03"), upper: date("2026-02-04"), clock: noon))
    }
    #expect(problem?.kind == .condition)
    #expect(
      problem?.description.hasPrefix("watch t: the date column photo is ") == true,
      "\(String(describing: problem))")
    // As a key it names no row: every one is refused, and counted.
    let swept = try await source.sweepAll(watching(key: "photo"))
    #expect(swept.rows.isEmpty)
    #expect(swept.refused == RefusedKeys(missing: 1))
  }
}
