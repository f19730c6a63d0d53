import KindlyConfig
import KindlyCore
import KindlySources
import KindlySystemd
import KindlyTestKit
import Synchronization
import Testing

@testable import KindlyDaemon

@Suite("A loop for each source")
struct SourceLoopsTests {
  /// The turns that were taken, in their order.
  private let turns: AsyncStream<String>
  private let taken: AsyncStream<String>.Continuation

  init() { (turns, taken) = AsyncStream.makeStream() }

  @Test("each source has its own pace, and one that does not answer delays no other")
  func paces() async throws {
    let company = try await Simple.company()
    let current = try await generation(of: company, ["quick", "stuck", "slow"])
    let (clock, taken) = (company.clock, taken)
    let never = AsyncStream<Void> { _ in }
    let loops = SourceLoops(
      name: "watcher", bells: BellBoard(), current: current, stopping: Stopping(), clock: clock,
      lifeline: LifelineWatchdog(askedEvery: .seconds(10), now: clock.now)
    ) { source, now in
      taken.yield(source)
      if source == "stuck" { for await _ in never {} }
      return now + (source == "quick" ? .seconds(1) : .hours(24))
    }
    let run = Task { try await loops.run() }
    var seen: [String: Int] = [:]
    var next = turns.makeAsyncIterator()
    while seen.count < 3 { seen[try #require(await next.next()), default: 0] += 1 }
    for second in 1...5 {
      let due = clock.now + .seconds(1)
      // The loop may be on its way to sleep, and is then awake at once.
      clock.advance(to: due)
      #expect(await next.next() == "quick", "second \(second)")
    }
    #expect(seen == ["quick": 1, "stuck": 1, "slow": 1])
    run.cancel()
    _ = await run.result
    await company.close()
  }

  @Test("a hint wakes the loop of its source alone, and a reload brings a loop for a new one")
  func wakes() async throws {
    let company = try await Simple.company()
    let current = try await generation(of: company, ["crm", "shop"])
    let (clock, taken) = (company.clock, taken)
    let bells = BellBoard()
    let loops = SourceLoops(
      name: "watcher", bells: bells, current: current, stopping: Stopping(), clock: clock,
      lifeline: LifelineWatchdog(askedEvery: .seconds(10), now: clock.now)
    ) { source, now in
      taken.yield(source)
      return now + .hours(24)
    }
    let run = Task { try await loops.run() }
    var next = turns.makeAsyncIterator()
    let first = [try #require(await next.next()), try #require(await next.next())]
    #expect(Set(first) == ["crm", "shop"])
    await bells.ring("shop")
    #expect(await next.next() == "shop")
    current.replace(with: try await generation(of: company, ["crm", "warehouse"]).value)
    await bells.roster.ring()
    #expect(await next.next() == "warehouse")
    run.cancel()
    _ = await run.result
    await company.close()
  }

  @Test("if the ledger fails one loop, all end, so that systemd starts the daemon again")
  func fails() async throws {
    let company = try await Simple.company()
    let current = try await generation(of: company, ["crm", "shop"])
    let clock = company.clock
    let loops = SourceLoops(
      name: "watcher", bells: BellBoard(), current: current, stopping: Stopping(), clock: clock,
      lifeline: LifelineWatchdog(askedEvery: .seconds(10), now: clock.now)
    ) { source, now in
      if source == "shop" { throw LedgerProblem(.failed, "database is locked") }
      return now + .hours(24)
    }
    let problem = await #expect(throws: LedgerProblem.self) { try await loops.run() }
    #expect(problem?.description.contains("database is locked") == true)
    await company.close()
  }

  @Test("a long look ends after the slice that it reads when the loop is to end")
  func endsEarly() async throws {
    let company = try await Simple.company(rules: SourceLoopsTests.welcome)
    let task = Mutex<Task<Void, any Error>?>(nil)
    let source = try long(company) { task.withLock { $0?.cancel() } }
    let loops = try await loops(over: source, of: company) { _ in }
    // It waits for the task's handle to be where the source looks for it.
    let (ready, go) = AsyncStream<Void>.makeStream()
    let run = Task {
      for await _ in ready { break }
      try await loops.run()
    }
    task.withLock { $0 = run }
    go.yield()
    _ = await run.result
    #expect(source.count == 3)
    await company.close()
  }

  @Test("the watchdog sees a long look go on")
  func showsLife() async throws {
    let company = try await Simple.company(rules: SourceLoopsTests.welcome)
    let clock = company.clock
    let source = try long(company) { clock.advance(to: clock.now + .minutes(9)) }
    let loops = try await loops(over: source, of: company) { lifeline in
      // The sign of life came with the slice after the one that took so long, not when the turn began.
      #expect(lifeline.isAlive(now: clock.now + .minutes(9)))
    }
    let run = Task { try await loops.run() }
    var next = turns.makeAsyncIterator()
    _ = await next.next()
    #expect(source.count > 3)
    run.cancel()
    _ = await run.result
    await company.close()
  }

  @Test("a watch that does not answer in time is asked about once, and again after a pause")
  func slowWatch() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00",
      schema: Simple.schema + """

        CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id INTEGER, ends_on DATE);
        INSERT INTO leases VALUES (7, 1, '2026-03-20');
        """,
      configuration: Simple.configuration().replacing(
        "snapshot }",
        with: "snapshot }\n  leases: { source: crm, table: leases, key: id, customer: customer_id }"
      ),
      rules: """
        rules:
          - { name: a, watch: leases, when: 14 days before ends_on, send: email, template: lease }
          - { name: b, watch: leases, when: 14 days before ends_on, send: email, template: lease }
          - { name: c, watch: customers, when: 4 days before ends_on, send: email, template: lease }
        """)
    try await company.turn()
    let (clock, ledger) = (company.clock, company.daemon.ledger)
    clock.advance(to: try Company.instant("2026-03-06 09:00", in: company.zone))
    let claimed = try await ledger.claim(
      ClaimRequest(
        now: clock.now,
        shares: try await ledger.queues(now: clock.now)
          .map { ClaimShare(queue: $0.id, count: 9) }))
    #expect(claimed.count == 3)
    let asked = Mutex(0)
    let slow = InterruptedSource(
      DatabaseSource(sqlite: company.databasePath, name: "shop"),
      answering: { () throws(SourceProblem) in
        asked.withLock { $0 += 1 }
        clock.advance(by: .seconds(5))
        throw SourceProblem(.unreachable, "source shop did not answer within 5 s")
      })
    let generation = try await generation(of: company, movingLeasesTo: slow)
    let around = company.daemon.surroundings
    for turn in 1...2 {
      let triaged = try await Triage(generation: generation, around: around, now: clock.now)
        .decide(claimed)
      let count = asked.withLock { $0 }
      #expect(count == turn)
      var moves: [String: Transition.Move] = [:]
      for case .moved(let transition) in triaged {
        for one in claimed where one.id == transition.reminder { moves[one.rule] = transition.move }
      }
      let wait = Transition.Move.wait(
        .sourceUnreachable, until: clock.now + Triage.unreachablePause, routePosition: 0, nil)
      #expect(moves["a"] == wait && moves["b"] == wait)
      // The generation has no channels, so this is as far as it comes.
      guard case .wait(.addressMissing, _, _, _)? = moves["c"] else {
        Issue.record("\(moves)")
        return
      }
      clock.advance(by: Triage.unreachablePause)
    }
    await company.close()
  }

  /// The company's generation with its leases in another source.
  private func generation(
    of company: Company, movingLeasesTo source: any CustomerSource
  ) async throws -> Generation {
    let configuration = company.daemon.configuration
    let crm = DatabaseSource(sqlite: company.databasePath, name: "crm")
    let own = try await company.generation(over: crm).value
    return Generation(
      number: own.number, rules: configuration.rules,
      databases: CustomerDatabases(
        sources: [crm, source], sourceZones: [:],
        watches: configuration.watches.map { watch in
          watch.name == "leases"
            ? Watch(
              name: watch.name, source: source.name, relation: watch.relation, key: watch.key,
              about: watch.about) : watch
        }, rules: configuration.rules, directory: own.directory, zone: own.zone,
        defaultTime: configuration.defaultTime),
      outlets: [], letters: own.letters)
  }

  private static let welcome = """
    rules:
      - { name: ending, watch: customers, when: insert, send: email, template: ending }
    """

  /// A source of the company's whose look takes many slices, with something that happens before the third.
  private func long(
    _ company: Company, beforeThird interrupt: @escaping @Sendable () -> Void
  ) throws -> InterruptedSource {
    let rows = (100..<200).map { "(\($0), 'n', 'n\($0)@example.com')" }
    try company.write(
      "INSERT INTO customers (id, name, email) VALUES \(rows.joined(separator: ", "))")
    return InterruptedSource(
      DatabaseSource(sqlite: company.databasePath, name: "crm", pace: SlicePace(rows: 10)),
      before: 3, commit: interrupt)
  }

  /// The loops of a watcher over a source; `afterTurn` is called at the end of each whole turn.
  private func loops(
    over source: any CustomerSource, of company: Company,
    afterTurn: @escaping @Sendable (LifelineWatchdog) -> Void
  ) async throws -> SourceLoops {
    let current = try await company.generation(over: source)
    let watcher = company.watcher(of: current)
    let lifeline = LifelineWatchdog(askedEvery: .hours(24), now: company.clock.now)
    let taken = taken
    return SourceLoops(
      name: "watcher", bells: BellBoard(), current: current, stopping: Stopping(),
      clock: company.clock, lifeline: lifeline
    ) { source, now in
      _ = try await watcher.runOnce(source: source, now: now)
      afterTurn(lifeline)
      taken.yield(source)
      return now + .hours(24)
    }
  }

  /// The company's generation with sources of these names, which are never asked.
  private func generation(of company: Company, _ names: [String]) async throws -> CurrentGeneration
  {
    let own = try await company.generation(
      over: DatabaseSource(sqlite: company.databasePath, name: "crm")
    ).value
    return CurrentGeneration(
      Generation(
        number: own.number, rules: [],
        databases: CustomerDatabases(
          sources: names.map { DatabaseSource(sqlite: company.databasePath, name: $0) },
          sourceZones: [:], watches: [], rules: [], directory: nil, zone: own.zone,
          defaultTime: company.daemon.configuration.defaultTime),
        outlets: [], letters: own.letters))
  }
}
