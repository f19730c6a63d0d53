import Foundation

/// One thing to measure: it makes what it needs, and gives one line of the table or several.
struct Benchmark: Sendable {
  /// What `--only` names it by.
  let name: String
  let summary: String
  let run: @Sendable (Workshop) async throws -> [Measurement]

  /// In an order in which a later one can use what an earlier one has made.
  static let all: [Benchmark] =
    [
      candidates, moments, knownRows, lockout, enqueue, submissions, drain, mail, http, punctuality,
      fairness, outages, idle, letter, forecast,
    ] + engines

  /// What takes minutes, and is measured where it is named.
  static let onDemand: [Benchmark] = [race]
}

/// One figure, what it should be, and whether it is.
struct Measurement: Sendable {
  enum Verdict: String, Sendable {
    case met
    case short
    /// Nothing was promised.
    case noTarget = "-"
    /// The promise is about a faster disk than this one.
    case slowDisk = "disk too slow"
  }

  let what: String
  let measured: String
  /// The processor time of one, on whichever threads; it says more than the rate where a machine is shared.
  var cpu = ""
  let target: String
  var verdict: Verdict
  /// The fdatasync a second below which missing the target says nothing.
  var leastDisk: Double?

  /// A rate, which should be at least `least` a second, with the processor time that one of it took.
  static func rate(
    _ what: String, _ count: Int, in effort: Effort, least: Double? = nil,
    leastDisk: Double? = nil, note: String = ""
  ) -> Measurement {
    let rate = Double(count) / max(effort.time.seconds, 1e-9)
    let cpu = Figures.decimal(effort.cpu.seconds * 1e6 / Double(max(count, 1)), 2)
    return Measurement(
      what: what, measured: Figures.grouped(rate) + " /s" + note, cpu: cpu + " µs",
      target: least.map { ">= " + Figures.grouped($0) + " /s" } ?? "",
      verdict: least.map { rate >= $0 ? .met : .short } ?? .noTarget, leastDisk: leastDisk)
  }

  /// A figure, which should be at most `most`.
  static func figure(
    _ what: String, _ value: Double, _ unit: String, digits: Int = 1, most: Double? = nil,
    note: String = ""
  ) -> Measurement {
    func text(_ value: Double) -> String { Figures.decimal(value, digits) + " " + unit }
    return Measurement(
      what: what, measured: text(value) + note, target: most.map { "<= " + text($0) } ?? "",
      verdict: most.map { value <= $0 ? .met : .short } ?? .noTarget)
  }
}
