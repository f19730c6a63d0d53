/// Something that happens to a company at one time.
struct SimEvent {
  enum Kind {
    /// Kindly looks, scans and drains once.
    case turn
    case insert(SimRow)
    case update(Int, SimField)
    /// One of the row's dates moves by so many seconds; a day, by whole days.
    case move(Int, SimColumn, by: Int)
    case delete(Int)
    /// A deleted row is written again as it was.
    case restore(Int)
    case configure(SimEdit)
    case stop
    case start
    /// The process dies at one of its next commits; before it is durable, or before anybody hears of it.
    case crash(commit: Int, isDurable: Bool)
    /// Somebody sets the clock, forward or back.
    case step(seconds: Int)
    case synchronise(Bool)
    case outage(channel: String, isDown: Bool)
    /// A person pauses or resumes a rule, or everything.
    case pause(rule: String?)
    case resume(rule: String?)
  }

  /// Seconds since the story began, by a clock that nobody sets.
  let at: Int
  let kind: Kind
}

/// A change of the configuration; a reload follows, or the next start reads it.
enum SimEdit {
  case remove(rule: String)
  case add(SimRule)
  /// The rule becomes what it was when it was last there, if it is absent.
  case bringBack(rule: String)
  case setCondition(rule: String, SimCondition?)
  case setAt(rule: String, step: Int, Int?)
  case setLate(rule: String, step: Int, SimSpan?)
  /// Of a step that counts or repeats a span.
  case setSpan(rule: String, step: Int, SimSpan)
  /// Of a recurrence.
  case setEnd(rule: String, step: Int, SimEnd)
  case setOffDays(rule: String, step: Int, SimOffDays?)
  case addStep(rule: String, SimStep)
  case quietHours(from: Int?, to: Int)
  case renameRule(String)
  case renameStep(rule: String, step: Int)
}

/// What a seed tells: a company, and everything that happens to it within a year.
struct Story {
  let seed: UInt64
  /// The first instant, in seconds since 1970.
  let start: Int
  let rows: [SimRow]
  let configuration: SimConfiguration
  var events: [SimEvent]

  static let length = 365 * NaiveTime.day

  init(seed: UInt64) {
    self.seed = seed
    var teller = StoryTeller(seed: seed)
    start = teller.start
    rows = teller.rows
    configuration = teller.configuration
    events = teller.tell()
  }
}

extension Story: CustomStringConvertible {
  var description: String {
    var lines = ["story of seed \(seed), begun \(NaiveTime.stamp(start)) UTC"]
    lines += rows.map { "  row \($0)" }
    lines += configuration.rulesYAML.split(separator: "\n").map { "  \($0)" }
    if let from = configuration.quietFrom {
      let window = "\(NaiveTime.clock(from * 60))-\(NaiveTime.clock(configuration.quietTo * 60))"
      lines.append("  quiet hours: \(window)")
    }
    return (lines + events.map { "  \($0)" }).joined(separator: "\n")
  }
}

extension SimEvent: CustomStringConvertible {
  var description: String {
    let (day, second) = (at / NaiveTime.day, at % NaiveTime.day)
    return "day \(day) \(NaiveTime.clock(second)):\(NaiveTime.two(second % 60)) \(kind)"
  }
}

extension SimRow: CustomStringConvertible {
  var description: String {
    let days = [("starts", starts), ("ends", ends)].compactMap { name, day in
      day.map { " \(name) \(NaiveTime.text($0))" }
    }
    let time = meets.map {
      " meets \(NaiveTime.text($0 / NaiveTime.day)) \(NaiveTime.clock($0 % NaiveTime.day))"
    }
    let remarks = (isBlocked ? " blocked" : "") + (hasAddress ? "" : " without address")
    return "\(key) \(status) \(amount)\(remarks) in \(home.rawValue)" + days.joined()
      + (time ?? "")
  }
}

extension SimField: CustomStringConvertible {
  var description: String {
    switch self {
    case .status(let status): "status = \(status)"
    case .amount(let amount): "amount = \(amount)"
    case .isBlocked(let isBlocked): "blocked = \(isBlocked)"
    case .starts(let day): "starts_on = \(day.map(NaiveTime.text) ?? "NULL")"
    case .ends(let day): "ends_on = \(day.map(NaiveTime.text) ?? "NULL")"
    case .meets(let second): "meets_at = \(second.map(NaiveTime.stamp) ?? "NULL")"
    case .home(let home): "tz = \(home.rawValue)"
    case .hasAddress(let hasAddress): hasAddress ? "email = c…@example.com" : "email = NULL"
    }
  }
}
