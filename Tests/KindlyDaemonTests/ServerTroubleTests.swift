import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// A company with two sources, of which one is in trouble: the invoices lie on a server, all else in a file.
@Suite("A company with a server in trouble") struct ServerTroubleTests {
  enum Trouble: CaseIterable, Sendable {
    /// The server is shut down and comes back.
    case restart
    /// The administrator ends our connections, again and again.
    case ended
    /// The network is gone.
    case network
    /// A connection breaks in the middle of a look.
    case brokenLook
    /// All connections are taken by others.
    case full
    /// A failover has led to a server that takes no writes; that is no trouble for us.
    case readOnly

    /// Each way to notice changes has its turn.
    var mode: String {
      switch self {
      case .restart, .full: "changelog"
      case .ended, .network, .readOnly: "cursor updated_at"
      case .brokenLook: "snapshot"
      }
    }

    /// What `kindly status` shows; a connection that was ended is made anew without a word.
    var problem: Problem.Subject? {
      switch self {
      case .restart, .network, .full: .source("crm")
      case .brokenLook: .watch("invoices")
      case .ended, .readOnly: nil
      }
    }

    /// Whether nobody else on the server could be asked meanwhile.
    var needsServer: Bool {
      switch self {
      case .restart, .full, .readOnly: true
      case .ended, .network, .brokenLook: false
      }
    }
  }

  private static let rules = """
    rules:
      - { name: parcel, watch: parcels, when: insert, send: email, template: parcel, class: service }
      - { name: billed, watch: invoices, when: insert, send: email, template: billed, class: service }
      - name: paid
        watch: invoices
        when: update of status
        if: status = 'paid' AND old.status = 'open'
        send: email
        template: paid
        class: service
      - { name: due, watch: invoices, if: status = 'open', when: on due_on, send: email, template: due }
    """

  private static let file = """
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
    INSERT INTO customers VALUES (1, 'Wang', 'wang@example.com'), (2, 'Li', 'li@example.com');
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, customer_id INTEGER);
    """

  private func tables(_ kind: ServerKind) -> String {
    """
    CREATE TABLE invoices (
      id int PRIMARY KEY, customer_id int, status varchar(9), due_on date, note varchar(200),
      updated_at \(kind.time.type) DEFAULT \(kind.time.now));
    CREATE INDEX invoices_update ON invoices (updated_at);
    CREATE INDEX invoices_due ON invoices (due_on);
    INSERT INTO invoices (id, customer_id, status, due_on) VALUES (1, 1, 'open', '2026-03-06'), (2, 2, 'open', NULL);
    INSERT INTO invoices (id, customer_id, status, note)
    SELECT 1000 + n, 1, 'old', REPEAT('x', 100) FROM \(kind.numbers(3000))
    """
  }

  private func company(_ database: any ServerDatabase, at url: String, _ trouble: Trouble)
    async throws
    -> Company
  {
    let company = try await Company(
      at: "2026-03-05 12:00", schema: Self.file,
      configuration: """
        timezone: Asia/Shanghai
        delivery: live
        state: FOLDER/state
        socket: FOLDER/control.sock
        sources:
          crm: { url: \(database.settings(at: url)) }
          shop: { url: "sqlite://FOLDER/crm.db" }
        watches:
          customers: { source: shop, table: customers, key: id, changes: snapshot }
          parcels: { source: shop, table: parcels, key: id, changes: snapshot, customer: customer_id }
          invoices: { source: crm, table: invoices, key: id, changes: \(trouble.mode), customer: customer_id }
        customers: { watch: customers, name: name, email: email }
        channels:
          email: { type: maildir, path: FOLDER/mail }
        """, rules: Self.rules, files: database.passwordFile)
    if trouble.mode == "changelog" {
      try database.run(try await company.changeLogDDL(of: "invoices"))
    }
    // On a busy machine a server may take longer to answer than it is waited for.
    repeat { try await company.turn() } while !company.daemon.health.failures.isEmpty
    #expect(company.mail.isEmpty)
    return company
  }

  @Test(
    "the other source goes on sending, this one recovers by itself, and nothing is lost or repeated",
    arguments: ServerKind.allCases, Trouble.allCases)
  func goesOn(kind: ServerKind, trouble: Trouble) async throws {
    let server =
      trouble.needsServer
      ? try await kind.start(connections: Self.connections) : try await kind.sharedServer
    let database = try await server.database(tables(kind))
    let proxy = try await CuttingProxy.start(to: server.port)
    let company = try await company(database, at: database.url(port: proxy.port), trouble)

    // Committed and not looked at when the trouble begins.
    try database.run("INSERT INTO invoices (id, customer_id, status) VALUES (3, 2, 'open')")
    try database.run(
      "UPDATE invoices SET status = 'paid', updated_at = \(kind.time.now) WHERE id = 2")
    let mend = try await begin(trouble, database, proxy)
    try company.write("INSERT INTO parcels VALUES (1, 2)")
    try await company.turn(at: "2026-03-06 09:00")
    if let problem = trouble.problem {
      #expect(company.daemon.health.failures.keys.contains(problem))
    }
    if trouble.problem == .source("crm") { #expect(company.mail == ["2026-03-06 2 parcel"]) }

    try await mend()
    // It is asked again after a second of real time, and then answers.
    repeat {
      company.clock.advance(by: .seconds(1))
      try await company.turn()
    } while !company.daemon.health.failures.isEmpty
    try await company.turn(at: "2026-03-06 18:00")
    let expected = [
      "2026-03-06 1 due", "2026-03-06 2 billed", "2026-03-06 2 paid", "2026-03-06 2 parcel",
    ]
    #expect(company.mail.sorted() == expected)
    try await company.restart()
    try await company.turn(at: "2026-03-06 18:30")
    #expect(company.mail.sorted() == expected)
    await company.close()
    // Until here, whatever the trouble was, all went through it.
    withExtendedLifetime(proxy) {}
  }

  private static let connections = 12

  /// Brings the trouble about, and returns what ends it.
  private func begin(
    _ trouble: Trouble, _ database: any ServerDatabase, _ proxy: CuttingProxy
  ) async throws -> () async throws -> Void {
    switch trouble {
    case .restart:
      let server = database.server
      try await server.stop()
      return { try await server.start() }
    case .ended:
      try database.endReaders()
      return { try database.endReaders() }
    case .network:
      try await proxy.refuse()
      return { try await proxy.accept() }
    case .brokenLook:
      // What is asked before the rows of the look takes some kilobytes, and the rows over forty.
      proxy.plan(.cut, afterBytes: 20_000)
      return { await proxy.hasBroken() }
    case .full:
      try database.endReaders()
      var guests = try await database.takeConnections(of: Self.connections)
      return { guests.removeAll() }
    case .readOnly:
      try database.letWrite(false)
      try database.endReaders()
      return {}
    }
  }
}
