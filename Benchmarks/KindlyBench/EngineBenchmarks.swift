import KindlyCore
import KindlyDaemon
import KindlySources
import KindlyTestKit

extension Benchmark {
  /// What each engine gives of a million rows, beside plain SQL through its own client in the same minute.
  static let engines: [Benchmark] =
    [engine("SQLite") { SQLiteUnderTest(in: try $0.folder("engine")) }]
    + ServerKind.allCases.map { kind in engine(kind.name) { _ in try await ServerUnderTest(kind) } }

  private static func engine(
    _ name: String, _ make: @escaping @Sendable (Workshop) async throws -> any EngineUnderTest
  ) -> Benchmark {
    Benchmark(
      name: name.lowercased(), summary: "a million rows in \(name), beside its own client"
    ) { workshop in
      let engine = try await make(workshop)
      try await engine.prepare()
      let trial = EngineTrial(engine)
      var measurements = try await trial.sweep()
      measurements += try await trial.changes()
      measurements += try await trial.moments()
      measurements += try await trial.recheck()
      measurements += try await trial.lockWaits()
      await trial.close()
      return measurements
    }
  }
}

/// The measurements of one engine.
private struct EngineTrial {
  private let engine: any EngineUnderTest
  private let source: DatabaseSource
  private let columns = ComparedColumns(compared: ["status"], captured: [])

  init(_ engine: any EngineUnderTest) {
    self.engine = engine
    source = engine.source()
  }

  func close() async { await source.close() }

  /// Every row in slices, as a sweep reads it.
  func sweep() async throws -> [Measurement] {
    var count = 0
    // Once for the caches, then once to be measured.
    var meter = EffortMeter()
    for _ in 0..<2 {
      meter = EffortMeter()
      count = 0
      var after: SortKey?
      repeat {
        let slice = try await source.sweep(
          SweepRequest(watch: engine.watch, columns: columns, after: after))
        count += slice.rows.count
        after = slice.through
      } while after != nil
    }
    let took = meter.lap()
    guard count == Workshop.million else { throw BenchProblem("a sweep gave \(count) rows") }
    let plain = try engine.clientTime("SELECT id, status FROM customers ORDER BY id;")
    return [
      .rate("\(engine.name): a sweep of 1,000,000 rows", count, in: took),
      .plainRate("  the same rows through \(engine.client)", count, in: plain),
    ]
  }

  /// A thousand updates, noticed by the cursor and by the change log.
  func changes() async throws -> [Measurement] {
    var (cursor, log): ([Double], [Double]) = ([], [])
    var from = try await follow(from: .null, counting: nil)
    var place = LogPlace.start
    for round in 1...5 {
      try engine.run(
        "UPDATE customers SET status = 'round \(round)', version = \(round) WHERE id % 1000 = 0")
      var began = ContinuousClock.now
      from = try await follow(from: from, counting: EngineTrial.updates)
      cursor.append((ContinuousClock.now - began).seconds * 1000)
      began = .now
      place = try await readLog(after: place)
      log.append((ContinuousClock.now - began).seconds * 1000)
    }
    var idle: [Double] = []
    for _ in 0..<200 {
      let began = ContinuousClock.now
      _ = try await source.pulse()
      idle.append((ContinuousClock.now - began).seconds * 1000)
    }
    let plainCursor = try engine.clientTime(
      "SELECT id, status FROM customers WHERE version >= 5 ORDER BY version, id;")
    let plainLog = try engine.clientTime(
      "SELECT * FROM kindly_changes_customers WHERE id > \(4 * EngineTrial.updates) ORDER BY id;")
    return [
      .figure(
        "\(engine.name): asking whether anything changed", Quantiles(idle).at(0.5), "ms", digits: 3),
      .figure("\(engine.name): 1,000 changes by cursor", Quantiles(cursor).at(0.5), "ms"),
      .figure("  the same rows through \(engine.client)", plainCursor.seconds * 1000, "ms"),
      .figure("\(engine.name): 1,000 changes by change log", Quantiles(log).at(0.5), "ms"),
      .figure("  the same entries through \(engine.client)", plainLog.seconds * 1000, "ms"),
    ]
  }

  private static let updates = 1000

  /// Reads what is new by the cursor, and returns its head.
  private func follow(from: Value, counting expected: Int?) async throws -> Value {
    var keys = 0
    var after: CursorPlace?
    while true {
      let slice = try await source.follow(
        CursorRequest(
          watch: engine.watch, column: "version", columns: columns, from: from, after: after))
      keys += slice.rows.count
      after = slice.next
      guard after != nil else {
        // A cursor gives the rows of its last value again.
        guard expected.map({ keys >= $0 }) ?? true else { throw BenchProblem("\(keys) changes") }
        return slice.head
      }
    }
  }

  private func readLog(after place: LogPlace) async throws -> LogPlace {
    var place = place
    var entries = 0
    while true {
      let slice = try await source.sweep(
        SweepRequest(watch: engine.watch, columns: columns, logAfter: place, readsRows: false))
      entries += slice.logged.count
      place = slice.logPlace ?? place
      guard slice.hasMoreLog else { break }
    }
    guard entries == EngineTrial.updates else { throw BenchProblem("\(entries) entries") }
    return place
  }

  /// The moments of one day, by the index.
  func moments() async throws -> [Measurement] {
    let now = SystemClock().now
    var durations: [Double] = []
    var found = 0
    for _ in 0..<10 {
      let began = ContinuousClock.now
      found = 0
      var place: CandidatePlace?
      repeat {
        let page = try await source.candidates(
          CandidateQuery(
            watch: engine.watch, schedule: Schedule(.on, column: "remind_at"), kind: .unknown,
            lower: now, upper: now + .hours(25), conditions: ["status <> 'paid'"],
            clock: QueryClock(now: now, zone: .utc), after: place))
        found += page.candidates.count
        place = page.next
      } while place != nil
      durations.append((ContinuousClock.now - began).seconds * 1000)
    }
    let days = Zone.utc.date(at: now)
    let plain = try engine.clientTime(
      """
      SELECT id, remind_at FROM customers
      WHERE remind_at >= '\(days.adding(days: -2))' AND remind_at <= '\(days.adding(days: 4))' AND status <> 'paid';
      """)
    return [
      .figure(
        "\(engine.name): a day's moments of 1,000,000 rows", Quantiles(durations).at(0.5), "ms",
        note: ", \(Figures.grouped(Double(found))) rows"),
      .figure("  a week's rows through \(engine.client)", plain.seconds * 1000, "ms"),
    ]
  }

  /// Rows asked for by their keys just before their messages leave.
  func recheck() async throws -> [Measurement] {
    let batches = (0..<100).map { batch in
      (0..<EngineTrial.batch).map {
        Int64(1 + (batch * EngineTrial.batch + $0) * 19 % Workshop.million)
      }
    }
    let clock = QueryClock(now: SystemClock().now, zone: .utc)
    var meter = EffortMeter()
    var holding = 0
    for batch in batches {
      let keys = batch.compactMap { RowKey([.integer($0)]) }
      let answers = try await source.rows(
        RowQuestion(watch: engine.watch, keys: keys, conditions: ["status <> 'paid'"], clock: clock)
      )
      holding += answers.values.count { $0.holds }
    }
    let took = meter.lap()
    let count = batches.count * EngineTrial.batch
    guard holding == count else { throw BenchProblem("\(holding) of \(count) rows hold") }
    let statements = batches.map { batch in
      let keys = batch.map(String.init).joined(separator: ",")
      return "SELECT * FROM customers WHERE id IN (\(keys)) AND status <> 'paid';"
    }
    let plain = try engine.clientTime(statements.joined(separator: "\n"))
    return [
      .rate("\(engine.name): recheck of rows, 500 at once", count, in: took),
      .plainRate("  the same by IN (…) through \(engine.client)", count, in: plain),
    ]
  }

  private static let batch = 500

  /// What an application that writes waits for, alone and beside our looks.
  func lockWaits() async throws -> [Measurement] {
    let alone = try await WritingThread.measure(engine) {
      try await Task.sleep(for: .seconds(3), clock: .continuous)
    }
    let beside = try await WritingThread.measure(engine) {
      // Sweeps, and the log with it, for about as long.
      let end = ContinuousClock.now + .seconds(3)
      var (after, place): (SortKey?, LogPlace) = (nil, .start)
      while ContinuousClock.now < end {
        let slice = try await source.sweep(
          SweepRequest(watch: engine.watch, columns: columns, after: after, logAfter: place))
        after = slice.through
        place = slice.logPlace ?? place
      }
    }
    func measurements(_ words: String, _ waits: [Double]) -> [Measurement] {
      let quantiles = Quantiles(waits)
      let note = ", \(Figures.grouped(Double(waits.count))) transactions"
      return [
        .figure(
          "\(engine.name): a transaction \(words), p99", quantiles.at(0.99), "ms", digits: 3,
          note: note),
        .figure(
          "\(engine.name): a transaction \(words), at most", quantiles.at(1), "ms", digits: 3),
      ]
    }
    return measurements("alone", alone) + measurements("beside our looks", beside)
  }
}

extension Measurement {
  /// A rate of another program's, whose processor time is not ours.
  fileprivate static func plainRate(_ what: String, _ count: Int, in time: Duration) -> Measurement
  {
    Measurement(
      what: what, measured: Figures.grouped(Double(count) / time.seconds) + " /s", target: "",
      verdict: .noTarget)
  }
}
