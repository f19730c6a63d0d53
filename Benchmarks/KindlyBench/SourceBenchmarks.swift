import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySources

extension Benchmark {
  /// What an index gives of a million rows for one scan.
  static let candidates = Benchmark(
    name: "candidates", summary: "finding a day's moments among a million rows by an index"
  ) { workshop in
    let company = try workshop.largeCompany()
    try company.configure(when: "4 days before remind_at", email: "{ type: inbox }")
    let configuration = try ConfigurationLoader.load(folder: company.folder)
    guard let settings = configuration.sources.first,
      let watch = configuration.watches.first,
      let schedule = configuration.rules.first?.steps.first?.when.schedule
    else { return [] }
    let source = try SourceAssembly.source(settings)
    let now = SystemClock().now
    let dates = try await DateBoard().kinds(
      of: watch, schedules: [schedule], in: source, zone: configuration.timezone, now: now)
    let kind = schedule.anchorKind(dates)
    var durations: [Double] = []
    var found = 0
    for _ in 0..<10 {
      let began = ContinuousClock.now
      found = 0
      var place: CandidatePlace?
      repeat {
        let page = try await source.candidates(
          CandidateQuery(
            watch: watch, schedule: schedule, kind: kind, lower: now,
            upper: now + Scheduler.horizon,
            clock: QueryClock(now: now, zone: configuration.timezone), after: place))
        found += page.candidates.count
        place = page.next
      } while place != nil
      durations.append((ContinuousClock.now - began).seconds * 1000)
    }
    await source.close()
    return [
      .figure(
        "a day's candidates of 1,000,000 rows, indexed", Quantiles(durations).at(0.5), "ms",
        most: 30, note: ", \(Figures.grouped(Double(found))) rows")
    ]
  }

  /// A whole scan of one rule that finds nothing to plan.
  static let moments = Benchmark(
    name: "moments", summary: "scanning one dated rule over a million rows, nothing new"
  ) { workshop in
    let company = try workshop.largeCompany()
    try company.configure(when: "4 days before remind_at", email: "{ type: inbox }")
    let now = SystemClock().now
    let work = try await CompanyAtWork(company, now: now)
    let first = try await work.scheduler.runOnce(now: now)
    let rounds = 5
    var meter = EffortMeter()
    for _ in 0..<rounds {
      let again = try await work.scheduler.runOnce(now: now)
      guard again.planned.isEmpty else { throw BenchProblem("a second scan planned something") }
    }
    let took = meter.lap()
    await work.close()
    return [
      .rate(
        "sweep: moments of one rule over 1,000,000 rows, nothing new", Workshop.million * rounds,
        in: took, least: 1e6, note: ", \(Figures.grouped(Double(first.planned.inserted))) known")
    ]
  }

  /// A whole comparison of a table with what is known of it.
  static let knownRows = Benchmark(
    name: "known", summary: "comparing a million rows with what is known of them, nothing new"
  ) { workshop in
    let company = try workshop.largeCompany()
    try company.configure(when: "update of status", email: "{ type: inbox }")
    let now = SystemClock().now
    let work = try await CompanyAtWork(company, now: now)
    var meter = EffortMeter()
    _ = try await work.watcher.runOnce(now: now)
    let filled = meter.lap()
    let again = try await work.watcher.runOnce(now: now + Watcher.sweepInterval)
    let swept = meter.lap()
    guard again.looked == 1, again.changes == 0 else {
      throw BenchProblem("the second look noticed \(again.changes) changes")
    }
    await work.close()
    return [
      .rate("first look at 1,000,000 rows, kept as known", Workshop.million, in: filled),
      .rate(
        "sweep: 1,000,000 rows against what is known, nothing new", Workshop.million,
        in: swept, least: 1e6),
    ]
  }
}

/// What was to be measured did not come about, so that its figure would mean nothing.
struct BenchProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
