import KindlyTestKit

extension Benchmark {
  /// The race that the tests run shortly, for about a minute on each server and in each mode.
  static let race = Benchmark(
    name: "race",
    summary:
      "8 writers on each server for a minute: changes missed or told twice by looks every 10 ms"
  ) { _ in
    var measurements: [Measurement] = []
    for kind in ServerKind.allCases {
      for mode in CommitRace.Mode.allCases {
        let race = try await CommitRace(kind, mode, transactions: transactions)
        let began = ContinuousClock.now
        let report = try await race.run {
          try await Task.sleep(for: .milliseconds(10), clock: .continuous)
        }
        let time = Figures.decimal((ContinuousClock.now - began).seconds, 0)
        func grouped(_ number: Int) -> String { Figures.grouped(Double(number)) }
        measurements.append(
          .figure(
            "\(kind.name), \(mode.rawValue): changes missed, repeated or out of order",
            Double(report.missed + report.repeated + report.disordered), "", digits: 0, most: 0,
            note: "of \(grouped(report.committed)) in \(time) s, \(grouped(report.looks)) looks, "
              + "\(grouped(report.late)) came late"))
      }
    }
    return measurements
  }

  /// By each writer: of 20 ms on average, with what they take beside sleeping, about a minute.
  private static let transactions = 2_600
}
