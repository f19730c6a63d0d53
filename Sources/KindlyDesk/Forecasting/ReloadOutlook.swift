package import KindlyConfig
package import KindlyCore

/// Says in a few words what a reload changes in the coming days.
package struct ReloadOutlook: Sendable {
  private let before: Configuration
  private let after: Configuration
  private let now: Instant

  /// A week shows each rule that goes by days of the week, and is searched in a moment.
  private static let reach = Duration.days(7)
  /// About a second; a person waits for the reload.
  private static let mostCompared = 50_000

  package init(from before: Configuration, to after: Configuration, now: Instant) {
    self.before = before
    self.after = after
    self.now = now
  }

  /// `in the next 7 days: 120 reminders more, 3 fewer`; a source that does not answer is named instead.
  package func text(
    ledger: (any ForecastingLedger)?, environment: [String: String]
  ) async throws -> String {
    let inquiries = [before, after].map {
      CustomerInquiry($0, now: now, environment: environment)
    }
    let text = try await text(inquiries, ledger)
    for inquiry in inquiries { await inquiry.close() }
    return text
  }

  private func text(
    _ inquiries: [CustomerInquiry], _ ledger: (any ForecastingLedger)?
  ) async throws -> String {
    let through = now + ReloadOutlook.reach
    do {
      let comparison = ForecastComparison(
        from: try await Forecast(inquiries[0], ledger: ledger, through: through),
        to: try await Forecast(inquiries[1], ledger: ledger, through: through),
        most: ReloadOutlook.mostCompared)
      var sum = ForecastComparison.Tally()
      for (_, tally) in try await comparison.tallies(onlyChanged: true) { sum += tally }
      return "in the next 7 days: \(ReloadOutlook.words(of: sum))"
    } catch is Forecast.TooMuch {
      return
        "the next 7 days have over \(ReloadOutlook.mostCompared) reminders of the changed rules, which are not compared"
    } catch let problem as SourceProblem {
      return "the next 7 days cannot be compared: \(problem)"
    }
  }

  /// `120 reminders more, 3 fewer, 5 at another time`.
  private static func words(of tally: ForecastComparison.Tally) -> String {
    let parts = [
      (tally.added, "more"), (tally.dropped, "fewer"), (tally.moved, "at another time"),
      (tally.rerouted, "over another channel"),
    ].filter { $0.0 > 0 }
    guard let first = parts.first else { return "the same reminders" }
    let rest =
      parts.dropFirst().map { "\($0.0) \($0.1)" }
      + (tally.held > 0 ? ["\(tally.held) held by the fuse"] : [])
    return (["\(counted(first.0, "reminder")) \(first.1)"] + rest).joined(separator: ", ")
  }
}
