import KindlyCore

/// What a survey of rules found: counts, and what kept it from counting.
struct CoverageReport {
  /// A subject with its count, or why its rows could not be read.
  struct Finding {
    let subject: CoverageSubject
    let result: Result<CoverageCount, SourceProblem>
  }

  var findings: [Finding] = []
  /// The channel that alone is asked about; nil means all.
  let channel: String?

  /// The verb's failure: an error only if nothing at all could be read.
  var failure: Failure? {
    let failures = findings.compactMap { finding -> SourceProblem? in
      if case .failure(let problem) = finding.result { problem } else { nil }
    }
    return failures.count == findings.count ? failures.first.flatMap { Failure($0) } : nil
  }

  /// The lines of a count that are asked about; a route is more than its one channel.
  func lines(of count: CoverageCount) -> (
    channels: [CoverageCount.Line], routes: [CoverageCount.Line]
  ) {
    guard let channel else { return (count.channels, count.routes) }
    return (count.channels.filter { $0.name == channel }, [])
  }

  /// The counts of all channels of all rules together.
  var total: CoverageCount.Line {
    var (all, unreached) = (CoverageCount.Tally(), CoverageCount.Tally())
    var obstacles: [Obstacle: CoverageCount.Tally] = [:]
    for finding in findings {
      guard case .success(let count) = finding.result else { continue }
      for line in lines(of: count).channels {
        all += line.all
        unreached += line.unreached
        for (obstacle, tally) in line.obstacles ?? [:] {
          obstacles[obstacle, default: CoverageCount.Tally()] += tally
        }
      }
    }
    return CoverageCount.Line(name: "", all: all, unreached: unreached, obstacles: obstacles)
  }

  /// The customers of all rules whose time zone nobody knows.
  var customersWithUnknownZone: Int {
    findings.reduce(into: CoverageCount.Tally()) { tally, finding in
      if case .success(let count) = finding.result { tally += count.withUnknownZone }
    }.customers
  }
}
