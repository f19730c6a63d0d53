import Foundation
import GRDB
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import Synchronization

extension Benchmark {
  /// Three channels that are down in turn, each with a flood that waits for it, while the others have their usual work.
  static let outages = Benchmark(
    name: "outages",
    summary: "mail, SMS and WeChat down for 20 minutes of virtual time each, 100,000 waiting"
  ) { workshop in
    let start = SystemClock().now - .days(1)
    let clock = VirtualClock(start - .hours(1))
    let company = Company(folder: try workshop.folder("outages"))
    try Outages.fill(company, start: start)
    let channels = Outages.names.map { BreakableChannel(name: $0) }
    let work = try await CompanyAtWork(
      company,
      channels: Dictionary(uniqueKeysWithValues: channels.map { (ExactText($0.name), $0) }),
      now: clock.now, clock: clock)
    let planned = try await work.scheduler.runOnce(now: clock.now).planned
    guard planned.inserted == Outages.rows else { throw BenchProblem("\(planned) were planned") }
    var paces: (during: [Double], after: [Double]) = ([], [])
    var meter = EffortMeter()
    for turn in 0...Outages.turns {
      let now = start + Outages.interval * turn
      clock.set(now)
      let down = Outages.down(at: turn)
      for (index, channel) in channels.enumerated() { channel.isDown = index == down }
      let began = Date()
      _ = try await work.dispatcher.runOnce(now: now)
      let working = channels.indices.filter { $0 != down }
      let last = working.compactMap { channels[$0].lastTaken }.max() ?? began
      let pace = last.timeIntervalSince(began) * 1000
      // A channel that is back has its flood to send, which is neither an outage nor the usual work.
      if down != nil, Outages.turnsDown(at: turn) > Outages.recovery {
        paces.during.append(pace)
      } else if turn >= Outages.turns - Outages.quietTurns {
        paces.after.append(pace)
      }
    }
    let took = meter.lap()
    let status = try await work.ledger.status(now: clock.now)
    await work.close()
    let taken = channels.flatMap(\.taken)
    guard taken.count == Outages.rows, Set(taken).count == Outages.rows,
      status.decided[.sent] == Outages.rows
    else {
      throw BenchProblem(
        "\(Outages.rows) reminders: \(taken.count) taken, \(Set(taken).count) different, \(status.decided[.sent] ?? 0) known as sent"
      )
    }
    let (during, after) = (Quantiles(paces.during), Quantiles(paces.after))
    return [
      .rate("handed over in an hour of outages, each exactly once", Outages.rows, in: took),
      .figure(
        "a turn of the working channels, one down with 100,000 waiting", during.at(0.5), "ms"),
      .figure("its p99", during.at(0.99), "ms"),
      .figure("the same with all channels up", after.at(0.5), "ms"),
    ]
  }
}

/// What happens in the hour.
private enum Outages {
  static let names = ["email", "sms", "wechat"]
  /// What waits for each channel while it is down, and what each has to do in a minute at any time.
  static let flood = 100_000
  static let perMinute = 300
  static let interval = Duration.seconds(10)
  private static let turnsOfOutage = 120
  /// An hour of outages, half an hour for the last channel's breaker to close, and what is measured with all up.
  static let turns = names.count * turnsOfOutage + 180 + quietTurns
  static let quietTurns = 60
  /// How many turns the channel before needs to send its flood: its breaker may stay closed for 16 minutes more.
  static let recovery = 100

  private static var minutes: Int { turns / 6 }

  static var rows: Int { names.count * (flood + minutes * perMinute) }

  static func down(at turn: Int) -> Int? {
    turn / turnsOfOutage < names.count ? turn / turnsOfOutage : nil
  }

  static func turnsDown(at turn: Int) -> Int { turn % turnsOfOutage }

  /// The rows of a channel come one after the other, first its flood, then its usual work; each channel has a date column.
  static func fill(_ company: Company, start: Instant) throws {
    let each = flood + minutes * perMinute
    let number = "((id - 1) % \(each))"
    let outage = (interval * turnsOfOutage).wholeMilliseconds
    func dates(of channel: Int) -> String {
      """
      CASE WHEN (id - 1) / \(each) = \(channel) THEN \(start.milliseconds) + CASE
        WHEN \(number) < \(flood) THEN \(Int64(channel) * outage)
        ELSE (\(number) - \(flood)) * \(60_000 / perMinute) END END
      """
    }
    try company.make(
      rows: names.count * each, remindAt: dates(of: 0), alertAt: dates(of: 1))
    let queue = try DatabaseQueue(path: company.database)
    try queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          ALTER TABLE customers ADD COLUMN third_at;
          UPDATE customers SET third_at = \(dates(of: 2));
          CREATE INDEX customers_third ON customers (third_at);
          """)
    }
    try queue.close()
    try company.configure(
      when: "on remind_at", email: "{ type: inbox, concurrency: 8 }",
      channels: names.dropFirst().map { "  \($0): { type: inbox, concurrency: 8 }\n" }.joined(),
      rules: zip(names, ["remind_at", "alert_at", "third_at"]).dropFirst().map { name, column in
        """
          - name: \(name)
            watch: customers
            when: on \(column)
            fuse: 10000000 a day
            send: \(name)
            template: reminder
            class: service

        """
      }.joined())
  }
}

/// A clock that goes on when it is told to.
private final class VirtualClock: Timekeeper {
  private let start: Instant
  private let time: Mutex<Instant>

  init(_ now: Instant) {
    start = now
    time = Mutex(now)
  }

  var now: Instant { time.withLock { $0 } }
  var reading: ClockReading {
    ClockReading(wall: now, uptime: now - start, isSynchronised: true)
  }

  func set(_ now: Instant) { time.withLock { $0 = now } }

  func sleep(until instant: Instant) async throws { time.withLock { $0 = max($0, instant) } }
}

/// A channel that takes everything at once, or is down as a whole.
private final class BreakableChannel: Channel {
  let name: String
  let traits = ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key)
  private let state = Mutex((isDown: false, taken: [String](), last: Date?.none))

  init(name: String) { self.name = name }

  var isDown: Bool {
    get { state.withLock(\.isDown) }
    set { state.withLock { $0.isDown = newValue } }
  }

  /// The public ids of what was taken, and when the last one was.
  var taken: [String] { state.withLock(\.taken) }
  var lastTaken: Date? { state.withLock(\.last) }

  func recipient(of address: String) throws(UnfitDelivery) -> String { address }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    Payload(publicID: delivery.publicID, recipient: delivery.recipient.key, bytes: [])
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    state.withLock { state in
      if state.isDown { return .retry(Refusal("421 closing", isChannelWide: true)) }
      state.taken.append(payload.publicID)
      state.last = Date()
      return .sent(evidence: "taken")
    }
  }

  func close() async {}
}
