import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Checks the segments: prepares their conditions, and counts the customers in each.
struct SegmentCheck {
  let inquiry: CustomerInquiry
  let directory: PeopleDirectory
  let watch: Watch

  func check(_ report: inout CheckReport) async {
    for segment in inquiry.configuration.segments {
      do {
        try await check(segment, &report)
      } catch let problem as SourceProblem {
        report.error("segment \(segment.name): \(problem.advice)", at: segment.place)
      } catch {
        report.error("segment \(segment.name): \(error)", at: segment.place)
      }
    }
  }

  private func check(_ segment: Segment, _ report: inout CheckReport) async throws {
    let source = try inquiry.source(of: watch)
    let findings = try await source.examine(.segment(watch, segment))
    for finding in findings {
      let text = "segment \(segment.name): \(finding.text)"
      finding.isError
        ? report.error(text, at: segment.place) : report.warn(text, at: segment.place)
    }
    // If it cannot be prepared, counting would only fail again.
    guard !findings.contains(where: \.isError) else { return }
    let customers = [directory.condition].compactMap(\.self)
    let count = try await source.count(
      watch, conditions: customers + [segment.condition], clock: inquiry.clock)
    warn(of: count.faults, segment, &report)
    guard count.isWhole else { return }
    report.notes.append("segment \(segment.name): \(counted(count.matching, "customer"))")
    guard count.matching == 0, count.faults.isEmpty,
      try await source.count(watch, conditions: customers, clock: inquiry.clock).matching > 0
    else { return }
    report.warn(
      "segment \(segment.name): no customer meets `\(RuleSentence.folded(segment.condition))`, so rules with "
        + "`for: \(segment.name)` send nothing; check how the column writes such values",
      at: segment.place)
  }

  private func warn(
    of faults: [RowKey: SourceProblem], _ segment: Segment, _ report: inout CheckReport
  ) {
    let groups = Dictionary(grouping: faults) { ExactText($0.value.description) }
    for (_, faults) in groups.sorted(by: { $0.key < $1.key }) {
      report.warn(
        "segment \(segment.name): \(faults[0].value.sentence(on: faults.map(\.key))); the reminders of these customers would "
          + "wait, and all others would be sent; fix the rows, or make the condition skip such values",
        at: segment.place)
    }
  }
}

extension SourceProblem {
  /// The problem with what to do about it.
  fileprivate var advice: String { hint.map { "\(description); \($0)" } ?? description }
}
