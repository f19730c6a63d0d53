import Foundation
import KindlyCore
import KindlyDaemon

extension Benchmark {
  /// From the ledger to a webhook on this machine, with everything in between.
  static let http = Benchmark(
    name: "http", summary: "the whole dispatcher over HTTP to a server here, 8 and 64 connections"
  ) { workshop in
    [
      try await handOvers(workshop, connections: 8),
      try await handOvers(workshop, connections: 64),
      try await handOvers(workshop, connections: 8, failsEverySecond: true),
    ]
  }

  private static func handOvers(
    _ workshop: Workshop, connections: Int, failsEverySecond: Bool = false
  ) async throws -> Measurement {
    let count = 10_000
    let now = SystemClock().now
    let company = Company(
      folder: try workshop.folder("http-\(connections)\(failsEverySecond ? "-failing" : "")"))
    try company.make(rows: count, remindAt: "\((now - .hours(1)).milliseconds) + id")
    let sink = try LoopbackSink(HTTPSession.self, failsEverySecond: failsEverySecond)
    defer { sink.close() }
    let secret = company.folder + "/secret"
    try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8).write(to: URL(fileURLWithPath: secret))
    try company.configure(
      when: "on remind_at",
      email: """
        { type: webhook, url: "http://127.0.0.1:\(sink.port)/hook", secret: { file: "\(secret)" }, \
        private addresses: yes, concurrency: \(connections) }
        """)
    // Two hours ago the rule began and its moments were still to come.
    let work = try await CompanyAtWork(company, now: now - .hours(2))
    let planned = try await work.scheduler.runOnce(now: now - .hours(2)).planned
    guard planned.inserted == count else { throw BenchProblem("\(planned) were planned") }
    // Those that are refused are tried again half a minute later, which is not waited for. A few requests more or less
    // decide who is every second one.
    let wanted = failsEverySecond ? count * 49 / 100 : count
    var meter = EffortMeter()
    try await work.dispatch { sink.count >= wanted }
    let took = meter.lap()
    await work.close()
    let what =
      failsEverySecond ? "webhook that refuses every second, " : "webhook here, outcome durable, "
    return .rate(
      "\(what)\(connections) connections", count, in: took,
      least: failsEverySecond ? nil : 3_000, leastDisk: 3_000)
  }
}
