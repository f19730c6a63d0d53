import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import Synchronization

extension Benchmark {
  /// From the ledger to a mail server on this machine, with everything in between.
  static let mail = Benchmark(
    name: "mail", summary: "the whole dispatcher over SMTP to a server here, 8 connections"
  ) { workshop in
    let count = 10_000
    let now = SystemClock().now
    let company = Company(folder: try workshop.folder("mail"))
    try company.make(rows: count, remindAt: "\((now - .hours(1)).milliseconds) + id")
    let sink = try LoopbackSink(MailSession.self)
    defer { sink.close() }
    try company.configure(
      when: "on remind_at",
      email: """
        { type: smtp, url: "smtp://127.0.0.1:\(sink.port)", from: "Example <care@example.com>", tls: none, \
        connections: 8, concurrency: 8, messages per connection: 1000 }
        """)
    // Two hours ago the rule began and its moments were still to come.
    let work = try await CompanyAtWork(company, now: now - .hours(2))
    let planned = try await work.scheduler.runOnce(now: now - .hours(2)).planned
    guard planned.inserted == count else { throw BenchProblem("\(planned) were planned") }
    var meter = EffortMeter()
    try await work.dispatch { sink.count >= count }
    let took = meter.lap()
    let status = try await work.ledger.status(now: SystemClock().now)
    let sent = status.decided[.sent] ?? 0
    await work.close()
    guard sent == count, sink.count == count else {
      throw BenchProblem("\(count) mails: \(sink.count) arrived, \(sent) are known as sent")
    }
    return [
      .rate(
        "mail to a local SMTP server, outcome durable, 8 connections", count, in: took,
        least: 3_000, leastDisk: 3_000)
    ]
  }

  /// How late a reminder leaves whose moment was known before.
  static let punctuality = Benchmark(
    name: "punctuality", summary: "from a planned moment being due to its hand-over"
  ) { workshop in
    let count = 2_000
    let lead = Duration.seconds(2)
    let now = SystemClock().now
    let first = (now + lead).milliseconds
    let company = Company(folder: try workshop.folder("punctuality"))
    // One every two milliseconds.
    try company.make(rows: count, remindAt: "\(first) + 2 * id")
    try company.configure(when: "on remind_at", email: "{ type: inbox, concurrency: 8 }")
    let channel = StopwatchChannel(name: "email")
    let work = try await CompanyAtWork(company, channels: ["email": channel], now: now)
    let planned = try await work.scheduler.runOnce(now: now).planned
    guard planned.inserted == count else { throw BenchProblem("\(planned) were planned") }
    try await work.dispatch { channel.count >= count }
    await work.close()
    let delays = channel.handedOver.compactMap { customer, at in
      Int64(customer).map { at - Double(first + 2 * $0) }
    }
    guard delays.count == count else { throw BenchProblem("\(delays.count) were handed over") }
    let quantiles = Quantiles(delays)
    return [
      .figure("due to hand-over, 500 moments a second, median", quantiles.at(0.5), "ms"),
      .figure("due to hand-over, p99", quantiles.at(0.99), "ms", most: 50),
    ]
  }
}

extension Benchmark {
  /// How late a reminder leaves over an idle channel while a million are due on another one.
  static let fairness = Benchmark(
    name: "fairness", summary: "from being due to hand-over, beside a flood on another channel"
  ) { workshop in
    let flood = Workshop.million
    let count = 1_000
    let now = SystemClock().now
    // Planning a million takes its time; the letters that are measured fall due behind it.
    let lead = Duration.minutes(2)
    let first = (now + lead).milliseconds
    let company = Company(folder: try workshop.folder("fairness"))
    try company.make(
      rows: flood + count,
      remindAt: "CASE WHEN id <= \(flood) THEN \(now.milliseconds) END",
      alertAt: "CASE WHEN id > \(flood) THEN \(first) + 10 * (id - \(flood)) END")
    try company.configure(
      when: "on remind_at", email: "{ type: inbox, concurrency: 8 }",
      channels: "  sms: { type: inbox, concurrency: 2 }",
      rules: """
          - name: idle
            watch: customers
            when: on alert_at
            fuse: 10000000 a day
            send: sms
            template: reminder
            class: service
        """)
    let slow = StopwatchChannel(name: "email", pace: .milliseconds(20))
    let idle = StopwatchChannel(name: "sms")
    let work = try await CompanyAtWork(
      company, channels: ["email": slow, "sms": idle], now: now - .hours(1))
    let planned = try await work.scheduler.runOnce(now: now - .seconds(1)).planned
    guard planned.inserted == flood + count else { throw BenchProblem("\(planned) were planned") }
    guard SystemClock().now < now + lead else { throw BenchProblem("planning took too long") }
    try await work.dispatch(within: .seconds(120)) { idle.count >= count }
    await work.close()
    let delays = idle.handedOver.compactMap { customer, at in
      Int64(customer).map { at - Double(first + 10 * ($0 - Int64(flood))) }
    }
    guard delays.count == count else { throw BenchProblem("\(delays.count) were handed over") }
    let quantiles = Quantiles(delays)
    return [
      .figure(
        "due to hand-over beside \(Figures.grouped(Double(flood))) due elsewhere, median",
        quantiles.at(0.5), "ms"),
      .figure("its p99", quantiles.at(0.99), "ms", most: 2_000),
      .figure("taken by the busy channel meanwhile", Double(slow.count), "", digits: 0),
    ]
  }
}

/// A channel that takes everything, at once or at its pace, and remembers when.
private final class StopwatchChannel: Channel {
  let name: String
  let traits = ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key)
  private let times = Mutex<[(customer: String, at: Double)]>([])

  /// How long one hand-over takes.
  private let pace: Duration

  init(name: String, pace: Duration = .zero) {
    self.name = name
    self.pace = pace
  }

  var count: Int { times.withLock(\.count) }

  /// Customers, and milliseconds since 1970 with their fraction.
  var handedOver: [(customer: String, at: Double)] { times.withLock { $0 } }

  func recipient(of address: String) throws(UnfitDelivery) -> String { address }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    Payload(publicID: delivery.publicID, recipient: delivery.recipient.key, bytes: [])
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let now = Date().timeIntervalSince1970 * 1000
    times.withLock { $0.append((payload.recipient, now)) }
    // A channel that is told to end is slower than nobody.
    if pace > .zero { try? await Task.sleep(for: pace, clock: .continuous) }
    return .sent(evidence: "taken")
  }

  func close() async {}
}
