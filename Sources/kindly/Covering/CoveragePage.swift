import KindlyCore

/// The report as people read it: a table, and what it leaves out.
struct CoveragePage {
  let report: CoverageReport

  var text: String { ([table.text] + remarks).joined(separator: "\n") }

  private var table: Table {
    var columns: [Table.Column] = [
      .init("rule"), .init("step"), .init("channel"), .init("rows", .right),
      .init("reached", .right), .init("unreached", .right),
    ]
    columns += Obstacle.allCases.map { .init($0.rawValue, .right) }
    columns.append(.init(hasFailures ? "error" : ""))
    var table = Table(columns)
    for finding in report.findings {
      let (rule, step) = (finding.subject.rule.name, finding.subject.stepNames)
      switch finding.result {
      case .success(let count):
        let lines = report.lines(of: count)
        for line in lines.channels + lines.routes { table.add(cells(rule, step, line)) }
      case .failure(let problem):
        let blanks = Array(repeating: "", count: columns.count - 3)
        table.add([rule, step] + blanks + [Failure.text(of: problem)])
      }
    }
    table.add(cells("total", "", report.total))
    return table
  }

  private var hasFailures: Bool {
    report.findings.contains { finding in
      if case .failure = finding.result { true } else { false }
    }
  }

  private func cells(_ rule: String, _ step: String, _ line: CoverageCount.Line) -> [String] {
    let reasons = Obstacle.allCases.map { obstacle in
      line.obstacles.map { "\($0[obstacle] ?? 0)" } ?? ""
    }
    return [rule, step, line.name, "\(line.rows)", "\(line.reached)", "\(line.unreached)"]
      + reasons + [""]
  }

  private var remarks: [String] {
    let findings = report.findings
    let open = findings.filter(\.subject.leavesOutConditions).map { finding in
      "rule \(finding.subject.rule.name), step \(finding.subject.stepNames): a condition about `old` is about a change, "
        + "so rows count whether or not it would hold"
    }
    // Of the subjects of one watch each was told the same number.
    var refused: [ExactText: Int] = [:]
    for finding in findings {
      if case .success(let count) = finding.result, count.refused > 0 {
        refused[finding.subject.watch.name] = count.refused
      }
    }
    return open
      + refused.sorted { $0.key < $1.key }.map { watch, count in
        "watch \(watch): \(counted(count, "row")) without a key of \(count == 1 ? "its" : "their") own left out"
      }
  }
}
