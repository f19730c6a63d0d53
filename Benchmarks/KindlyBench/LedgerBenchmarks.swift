import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit

extension Benchmark {
  private static let batch = 5_000
  private static let claimed = 500
  private static let submitters = 32

  /// A million reminders, durable and unique.
  static let enqueue = Benchmark(
    name: "enqueue", summary: "planning a million reminders, batches of 5,000, one leg"
  ) { workshop in
    let now = SystemClock().now
    let work = try await PlainLedger(at: try workshop.waitingLedgerPath(), now: now)
    var meter = EffortMeter()
    var planned = Effort()
    for start in stride(from: 0, to: Workshop.million, by: batch) {
      let batch = work.batch(start..<start + batch, due: now + .days(30))
      _ = meter.lap()
      _ = try await work.ledger.plan([batch], advancing: [], now: now)
      planned += meter.lap()
    }
    var again = Effort()
    let repeated = Workshop.million / 5
    for start in stride(from: 0, to: repeated, by: batch) {
      let batch = work.batch(start..<start + batch, due: now + .days(30))
      _ = meter.lap()
      let summary = try await work.ledger.plan([batch], advancing: [], now: now)
      again += meter.lap()
      guard summary.isEmpty else { throw BenchProblem("planning again changed something") }
    }
    await work.ledger.close(now: now)
    return [
      .rate(
        "enqueue, durable, unique, in key order", Workshop.million, in: planned, least: 250_000),
      .rate("plan again what is planned already", repeated, in: again),
    ]
  }

  /// Submissions of one row each, from many tasks at once.
  static let submissions = Benchmark(
    name: "submissions", summary: "single durable submissions, 32 submitters"
  ) { workshop in
    let now = SystemClock().now
    let work = try await PlainLedger(
      at: try workshop.folder("submissions") + "/kindly.db", now: now)
    let count = 32_000
    try await work.fill(count, due: now)
    var claimed: [ClaimedReminder] = []
    while claimed.count < count {
      claimed += try await work.ledger.claim(atMost: Benchmark.claimed, now: now)
    }
    let share = count / submitters
    let shares = (0..<submitters).map { Array(claimed[$0 * share..<($0 + 1) * share]) }
    let ledger = work.ledger
    var meter = EffortMeter()
    let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
      for share in shares {
        group.addTask {
          var latencies: [Double] = []
          for reminder in share {
            let began = ContinuousClock.now
            let move = Transition(
              reminder: reminder.id, lease: reminder.lease,
              move: .sending(channel: "email", routePosition: 0))
            _ = try await ledger.submit([move], now: now)
            latencies.append((ContinuousClock.now - began).seconds * 1000)
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let took = meter.lap()
    await work.ledger.close(now: now)
    let quantiles = Quantiles(latencies)
    return [
      .rate("single durable submissions, 32 submitters", count, in: took, least: 20_000),
      .figure("their latency, median", quantiles.at(0.5), "ms", digits: 2),
      .figure("their latency, p99", quantiles.at(0.99), "ms", digits: 2, most: 5),
    ]
  }

  /// Everything that is due, out over a channel that costs nothing.
  static let drain = Benchmark(
    name: "drain", summary: "claim, sending and sent in batches of 500, no channel"
  ) { workshop in
    let now = SystemClock().now
    let work = try await PlainLedger(at: try workshop.folder("drain") + "/kindly.db", now: now)
    let count = 100_000
    try await work.fill(count, due: now)
    var parts = [Effort(), Effort(), Effort()]
    var meter = EffortMeter()
    var drained = 0
    while true {
      _ = meter.lap()
      let claimed = try await work.ledger.claim(atMost: Benchmark.claimed, now: now)
      if claimed.isEmpty { break }
      parts[0] += meter.lap()
      guard
        let record = AttemptRecord(
          channel: "email", began: now, ended: now, outcome: .sent(evidence: "250 2.0.0 queued"))
      else { break }
      let sending = claimed.map { $0.transition(.sending(channel: "email", routePosition: 0)) }
      guard try await work.ledger.submit(sending, now: now).isEmpty else { break }
      parts[1] += meter.lap()
      guard
        try await work.ledger.submit(claimed.map { $0.transition(.sent(record)) }, now: now)
          .isEmpty
      else { break }
      parts[2] += meter.lap()
      drained += claimed.count
    }
    await work.ledger.close(now: now)
    guard drained == count else { throw BenchProblem("\(drained) of \(count) were drained") }
    return [
      .rate(
        "drain to no channel, set-based, durable before and after", count,
        in: parts.reduce(Effort(), +), least: 150_000),
      .rate("  of it the claim", count, in: parts[0]),
      .rate("  of it sending", count, in: parts[1]),
      .rate("  of it sent, with its attempt", count, in: parts[2]),
    ]
  }
}

/// A ledger with one rule and one step, without anything around it.
struct PlainLedger: Sendable {
  let ledger: SQLiteLedger
  private let configuration: Int64

  init(at path: String, now: Instant) async throws {
    ledger = try Workshop.ledger(at: path, now: now)
    configuration = try await ledger.archive(configuration: "bench", text: "rules: []", now: now)
    _ = try await ledger.activate(
      [
        RuleActivation(
          name: Company.rule, formerNames: [], watch: "customers",
          steps: [StepActivation(name: Step.only, formerNames: [])], backfill: nil)
      ], now: now)
  }

  /// Occurrences of consecutive keys, whose order as text is that of their numbers.
  func batch(_ numbers: Range<Int>, due: Instant) -> PlanBatch {
    let occurrences = numbers.map { number in
      let key = RowKey(canonical: "[\"\(1_000_000 + number)\"]")
      return PlannedOccurrence(
        key: key, cycle: Cycle(stored: "2026-02-10"), due: due, useUntil: due + .days(3),
        customer: key, holds: false)
    }
    return PlanBatch(
      rule: Company.rule, step: Step.only, trigger: .moment, legs: [0], messageClass: .care,
      configuration: configuration, place: Place(file: "rules.d/10-rules.yaml", line: 2),
      occurrences: occurrences)
  }

  func fill(_ count: Int, due: Instant) async throws {
    for start in stride(from: 0, to: count, by: 5_000) {
      let batch = batch(start..<min(start + 5_000, count), due: due)
      _ = try await ledger.plan([batch], advancing: [], now: due)
    }
  }
}

extension ClaimedReminder {
  fileprivate func transition(_ move: Transition.Move) -> Transition {
    Transition(reminder: id, lease: lease, move: move)
  }
}

extension Workshop {
  /// The ledger that `enqueue` fills and the idle daemon then runs on.
  func waitingLedgerPath() throws -> String { try folder("waiting/state") + "/kindly.db" }
}
