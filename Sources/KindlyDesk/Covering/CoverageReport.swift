package import KindlyCore

/// What a survey of rules found: counts, and what kept it from counting.
package struct CoverageReport {
  /// A subject with its count, or why its rows could not be read.
  package struct Finding {
    package let subject: CoverageSubject
    package let result: Result<CoverageCount, SourceProblem>
  }

  package var findings: [Finding] = []
  /// What each channel reaches of all customers, or why they could not be read; nil where that was not asked.
  package var customers: Result<CustomerCount, SourceProblem>?
  /// The channel that alone is asked about; nil means all.
  package let channel: String?

  package init(channel: String?) { self.channel = channel }

  /// Why there is no answer; nil if anything could be read.
  package var failure: SourceProblem? {
    let failures = findings.compactMap { finding -> SourceProblem? in
      if case .failure(let problem) = finding.result { problem } else { nil }
    }
    return failures.count == findings.count ? failures.first : nil
  }

  /// The lines of a count that are asked about; a route is more than its one channel.
  package func lines(of count: CoverageCount) -> (
    channels: [CoverageCount.Line], routes: [CoverageCount.RouteLine]
  ) {
    guard let channel else { return (count.channels, count.routes) }
    return (count.channels.filter { $0.name == channel }, [])
  }

  /// The counts of all channels of all rules together.
  package var total: CoverageCount.Line {
    var (all, unreached) = (CoverageCount.Tally(), CoverageCount.Tally())
    var obstacles: [Obstacle: CoverageCount.Tally] = [:]
    for finding in findings {
      guard case .success(let count) = finding.result else { continue }
      for line in lines(of: count).channels {
        all += line.all
        unreached += line.unreached
        for (obstacle, tally) in line.obstacles {
          obstacles[obstacle, default: CoverageCount.Tally()] += tally
        }
      }
    }
    return CoverageCount.Line(name: "", all: all, unreached: unreached, obstacles: obstacles)
  }

  /// The customers of all rules whose time zone nobody knows.
  package var customersWithUnknownZone: Int { customers(\.withUnknownZone) }

  /// The customers of all rules who name a calendar that is not configured.
  package var customersWithUnknownCalendar: Int { customers(\.withUnknownCalendar) }

  private func customers(_ part: KeyPath<CoverageCount, CoverageCount.Tally>) -> Int {
    findings.reduce(into: CoverageCount.Tally()) { tally, finding in
      if case .success(let count) = finding.result { tally += count[keyPath: part] }
    }.customers
  }
}
