import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// How a server is reached, and what is told where it cannot be.
@Suite("Connecting to a server") struct ServerConnectionTests {
  static let table =
    "CREATE TABLE t (id int PRIMARY KEY, status varchar(20)); INSERT INTO t VALUES (1, 'trial')"

  /// What can be wrong in the configuration or with the server.
  enum Mistake: CaseIterable, Sendable {
    case wrongPassword, noPassword, unknownUser, unknownDatabase, unknownHost, closedPort
    case untrustedCertificate
  }

  @Test(
    "says why it cannot connect, and what to do, without the password",
    arguments: ServerKind.allCases, Mistake.allCases)
  func unreachable(kind: ServerKind, mistake: Mistake) async throws {
    let database = try await kind.database(Self.table)
    let (message, hint) = kind.words(about: mistake)
    let problem = await database.source(making: mistake, otherPassword: "hush").problem()
    let told = "\(String(describing: problem))"
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.hasPrefix("source crm: ") == true)
    #expect(problem?.description.contains(message) == true, "\(told)")
    #expect(problem?.description.hasSuffix("; Kindly tries again at the next poll") == true)
    #expect(problem?.hint?.contains(hint) == true, "\(told)")
    #expect(!told.contains("hush"))
  }

  @Test(
    "reads over TLS from a server whose certificate is trusted and bears its name",
    arguments: ServerKind.allCases)
  func encrypted(kind: ServerKind) async throws {
    let database = try await kind.database(Self.table)
    let trusted = database.server.folder + "/server.crt"
    func overTCP(_ host: String, _ security: ServerAddress.Security) -> DatabaseSource {
      database.source(
        at: database.server.addressOverTCP(
          of: database.name, host: host, security: security,
          certificates: security == .checked ? trusted : nil))
    }
    #expect(try await overTCP("localhost", .checked).sweepAll(watching()).rows.count == 1)
    let otherName = await overTCP("127.0.0.1", .checked).problem()
    #expect(otherName?.kind == .unreachable)
    #expect(otherName?.description.lowercased().contains("certificate") == true)
    for (security, holds) in [(ServerAddress.Security.encrypted, 1), (.none, 0)] {
      let source = overTCP("127.0.0.1", security)
      #expect(
        try await source.count(watching(), conditions: [kind.hasTLS], clock: noon).matching == holds
      )
    }
  }

  @Test(
    "does not talk to a server with an expired certificate", arguments: ServerKind.allCases)
  func expired(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(Self.table)
    let trusted = server.folder + "/server.crt"
    let address = server.addressOverTCP(
      of: database.name, host: "localhost", security: .checked, certificates: trusted)
    #expect(try await database.source(at: address).sweepAll(watching()).rows.count == 1)
    try await server.expireCertificate()
    let problem = await database.source(at: address).problem()
    let told = "\(String(describing: problem))"
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.lowercased().contains("certificate") == true, "\(told)")
    #expect(problem?.hint?.contains("certificate is valid") == true, "\(told)")
  }

  @Test(
    "leaves a server alone for a while after it did not answer", arguments: ServerKind.allCases)
  func backsOff(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(Self.table)
    let patient = database.source(firstWait: .hours(1))
    let eager = database.source()
    try await server.stop()
    let first = await patient.problem()
    #expect(await eager.problem()?.kind == .unreachable)
    try await server.start()
    #expect(try await eager.sweepAll(watching()).rows.count == 1)
    // Were it asked again, it would answer now.
    #expect(await patient.problem() == first)
  }

  @Test(
    "goes on after its connection was ended between two questions", arguments: ServerKind.allCases)
  func ended(kind: ServerKind) async throws {
    let database = try await kind.database(Self.table)
    let source = database.source()
    let before = try await source.pulse()
    #expect(try database.endReaders() == 1)
    #expect(try await source.pulse().identity == before.identity)
  }

  @Test(
    "says that its connection was ended in the middle of a question, and goes on",
    arguments: ServerKind.allCases)
  func endedMeanwhile(kind: ServerKind) async throws {
    let database = try await kind.database(Self.table)
    let source = database.source(deadline: .hours(1))
    let look = Task {
      await source.problem(with: watching(query: kind.endlessQuery), reading: ["waited"])
    }
    while try database.readers(asleep: true).isEmpty { await Task.yield() }
    try database.endReaders(asleep: true)
    let problem = await look.value
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.contains("has ended the connection") == true)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }

  @Test(
    "recovers by itself when the server was restarted, and knows it again",
    arguments: ServerKind.allCases)
  func restarted(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(Self.table)
    let source = database.source()
    let before = try await source.pulse()
    #expect(before.identity.hasPrefix("?") == false)
    try await server.stop()
    let problem = await source.problem()
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.contains("cannot be connected to") == true)
    try await server.start()
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    #expect(try await source.pulse().identity == before.identity)
    await source.close()
  }

  @Test(
    "sees commits in the pulse and nothing else, and another database by its identity",
    arguments: ServerKind.allCases)
  func pulse(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(Self.table)
    let source = database.source()
    while try database.rows(kind.leftovers) != [["0"]] { await Task.yield() }
    let first = try await source.pulse()
    #expect(try await source.pulse() == first)
    let other = try database.session()
    try other.run("BEGIN; UPDATE t SET status = 'paid' WHERE id = 1")
    let begun = try await source.pulse()
    try database.run("INSERT INTO t VALUES (2, 'new')")
    let written = try await source.pulse()
    #expect(written.version != begun.version)
    try other.run("COMMIT")
    #expect(try await source.pulse().version != written.version)
    #expect(try await source.pulse().identity == first.identity)
    let another = try await server.database("")
    #expect(try await another.source().pulse().identity != first.identity)
    await source.close()
  }

  @Test(
    "says that a table is locked, and goes on when it is released", arguments: ServerKind.allCases)
  func locked(kind: ServerKind) async throws {
    let database = try await kind.database(Self.table)
    let source = database.source()
    try database.run(kind.lock("t"))
    let problem = await source.problem()
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.contains("watch t was locked by another session") == true)
    try database.run(kind.unlock)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }
}

extension DatabaseSource {
  /// The problem that a sweep meets.
  func problem(with watch: Watch = watching(), reading columns: [String] = []) async
    -> SourceProblem?
  {
    await #expect(throws: SourceProblem.self) { try await sweepAll(watch, columns: columns) }
  }
}

extension ServerDatabase {
  /// A source with a mistake in how it reaches the server.
  func source(
    making mistake: ServerConnectionTests.Mistake, otherPassword: String
  ) -> DatabaseSource {
    func source(_ address: ServerAddress, password: Secret? = Server.password) -> DatabaseSource {
      self.source(at: address, password: password)
    }
    let address = server.addressOverTCP(of: name)
    return switch mistake {
    case .wrongPassword: source(address, password: Secret(otherPassword))
    case .noPassword: source(address, password: nil)
    case .unknownUser: source(server.addressOverTCP(of: name, user: "nobody"))
    case .unknownDatabase: source(server.addressOverTCP(of: "gone"))
    case .unknownHost: source(server.addressOverTCP(of: name, host: "no-such-host.invalid"))
    case .closedPort: source(server.addressOverTCP(of: name, port: 1))
    case .untrustedCertificate:
      source(server.addressOverTCP(of: name, host: "localhost", security: .checked))
    }
  }
}
