import KindlyCore
import KindlyDesk

/// The report as people read it: a table, and what it leaves out.
struct CoveragePage {
  let report: CoverageReport
  let companyZone: Zone

  var text: String {
    let tables = [table.text, routes.map { "\n" + $0.text + "\n" }].compactMap(\.self)
    return (tables + remarks).joined(separator: "\n")
  }

  private var table: Table {
    var columns: [Table.Column] = [
      .init("rule"), .init("step"), .init("channel"), .init("rows", .right),
      .init("reached", .right), .init("unreached", .right), .init("customers", .right),
    ]
    columns += Obstacle.allCases.map { .init($0.rawValue, .right) }
    columns.append(.init(hasFailures ? "error" : ""))
    var table = Table(columns)
    for finding in report.findings {
      let (rule, step) = (finding.subject.rule.name, finding.subject.stepNames)
      switch finding.result {
      case .success(let count):
        let lines = report.lines(of: count)
        for line in lines.channels { table.add(cells(rule, step, line)) }
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
    let reasons = Obstacle.allCases.map { "\(line.obstacles[$0]?.rows ?? 0)" }
    return [
      rule, step, line.name, "\(line.all.rows)", "\(line.reached)", "\(line.unreached.rows)",
      "\(line.unreached.customers)",
    ] + reasons + [""]
  }

  /// What the routes with several channels reach; nil where there are none.
  private var routes: Table? {
    var table = Table([
      .init("rule"), .init("step"), .init("route"), .init("rows", .right),
      .init("first channel", .right), .init("later channel", .right), .init("none", .right),
      .init("customers", .right),
    ])
    for finding in report.findings {
      guard case .success(let count) = finding.result else { continue }
      for line in report.lines(of: count).routes {
        table.add([
          finding.subject.rule.name, finding.subject.stepNames, line.name, "\(line.all.rows)",
          "\(line.overFirst)", "\(line.overLater)", "\(line.unreached.rows)",
          "\(line.unreached.customers)",
        ])
      }
    }
    return table.isEmpty ? nil : table
  }

  /// The sum in customers: the same one may be behind many rows of many rules.
  private var summary: String {
    let total = report.total
    let unreached = total.unreached.customers
    return
      "\(unreached) of \(counted(total.all.customers, "customer")) cannot be reached over at least one channel of a rule; "
      + "the column `customers` counts each unreached customer once"
  }

  private var zones: [String] {
    let count = report.customersWithUnknownZone
    guard count > 0 else { return [] }
    return [
      "\(counted(count, "customer")) \(count == 1 ? "has" : "have") an unknown time zone and "
        + "\(count == 1 ? "is" : "are") treated as being in \(companyZone.identifier); `kindly check` shows which zones"
    ]
  }

  private var calendars: [String] {
    let count = report.customersWithUnknownCalendar
    guard count > 0 else { return [] }
    return [
      "\(counted(count, "customer")) \(count == 1 ? "has" : "have") an unknown calendar and "
        + "\(count == 1 ? "goes" : "go") by the company's; `kindly check` shows which calendars"
    ]
  }

  /// Rows that a condition fails on, which are left out.
  private var failing: [String] {
    report.findings.flatMap { finding -> [String] in
      guard case .success(let count) = finding.result else { return [] }
      let groups = Dictionary(grouping: count.faults) { ExactText($0.value.description) }
      return groups.sorted { $0.key < $1.key }.map { _, faults in
        "rule \(finding.subject.rule.name), step \(finding.subject.stepNames): "
          + "\(faults[0].value.sentence(on: faults.map(\.key))); left out"
      }
    }
  }

  private var remarks: [String] {
    let findings = report.findings
    let open = findings.filter(\.subject.leavesOutConditions).map { finding in
      "rule \(finding.subject.rule.name), step \(finding.subject.stepNames): a condition about `old` needs a change, "
        + "so it was not checked and all rows are counted"
    }
    // Of the subjects of one watch each was told the same number.
    var refused: [ExactText: Int] = [:]
    for finding in findings {
      if case .success(let count) = finding.result, count.refused > 0 {
        refused[finding.subject.watch.name] = count.refused
      }
    }
    let heaps = findings.flatMap { finding -> [String] in
      guard case .success(let count) = finding.result else { return [] }
      let subject = finding.subject
      return count.birthdayHeaps.map { heap in
        "rule \(subject.rule.name): \(subject.dateColumn ?? "") of \(subject.watch.name) is \(heap.date) in "
          + "\(heap.rows) of \(counted(count.dates.readable, "row")), which may stand for an unknown date"
      }
    }
    return [summary] + zones + calendars + open + failing + heaps
      + refused.sorted { $0.key < $1.key }.map { watch, count in
        "watch \(watch): \(counted(count, "row")) not counted, because the key is missing or not unique"
      }
  }
}
