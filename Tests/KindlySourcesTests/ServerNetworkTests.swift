import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// What the network, other users of the server and its administrator do to a look.
@Suite("A server in trouble") struct ServerNetworkTests {
  @Test(
    "a connection that breaks in the middle of a look is told, and the next look gives every row once",
    arguments: ServerKind.allCases, CuttingProxy.Break.allCases)
  func broken(kind: ServerKind, break: CuttingProxy.Break) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, name varchar(40));
      INSERT INTO t SELECT n, CONCAT('a name that takes some room ', n) FROM \(kind.numbers(20_000))
      """)
    let proxy = try await CuttingProxy.start(to: database.server.port)
    let address = database.server.addressOverTCP(of: database.name, port: proxy.port)
    let source = database.source(
      at: address, deadline: .seconds(10),
      pace: SlicePace(rows: 20_000, timeBesideWriters: .hours(1)))
    #expect(try await source.sample(watching(), limit: 1).count == 1)
    // The rows take about a megabyte.
    proxy.plan(`break`, afterBytes: 300_000)
    let problem = await source.problem(reading: ["name"])
    await proxy.hasBroken()
    #expect(problem?.kind == .unreachable, "\(String(describing: problem))")
    #expect(problem?.description.hasPrefix("source crm: ") == true)
    #expect(problem?.description.hasSuffix("; Kindly tries again at the next poll") == true)
    let rows = try await source.sweepAll(watching(), columns: ["name"]).rows
    #expect(rows.map(\.key.columns) == (1...20_000).map { [.integer($0)] })
  }

  @Test(
    "says that all connections are taken, and goes on when one is free",
    arguments: ServerKind.allCases)
  func full(kind: ServerKind) async throws {
    let server = try await kind.start(connections: 12)
    let database = try await server.database(ServerConnectionTests.table)
    var guests = try await database.takeConnections(of: 12)
    let source = database.source()
    let problem = await source.problem()
    #expect(problem?.kind == .unreachable)
    let told = "\(String(describing: problem))"
    #expect(kind.fullInWords.contains { told.lowercased().contains($0) }, "\(told)")
    guests.removeAll()
    // The server takes a moment to notice that they have gone.
    while await source.reachable() == false { await Task.yield() }
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }

  @Test(
    "a failover to a server that takes no writes goes unnoticed, in all ways to look",
    arguments: ServerKind.allCases)
  func readOnly(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(
      "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 10)")
    let watch = watching(changes: .changelog)
    try await database.installLog(of: watch)
    try database.run("INSERT INTO t VALUES (2, 11)")
    let source = database.source()
    let before = try await source.pulse()
    try database.letWrite(false)
    try database.endReaders()
    #expect(try await source.sweepAll(watching()).rows.count == 2)
    let slice = try await source.follow(
      CursorRequest(
        watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
        from: .integer(10)))
    #expect(slice.rows.count == 2)
    #expect(try await source.log(of: watch, after: .start).logged.count == 1)
    #expect(try await source.pulse().identity == before.identity)
  }
}

extension DatabaseSource {
  fileprivate func reachable() async -> Bool {
    // That it is not is the answer.
    (try? await pulse()) != nil
  }
}
