package import KindlyCore

/// Finds the reminders for which an `unless:` holds now, according to Kindly's own ledger.
package struct UnlessInquiry: Sendable {
  let databases: CustomerDatabases
  let conditions: [String]
  let now: Instant

  /// The result for one reminder.
  package enum Finding: Hashable, Sendable {
    /// The first condition that holds.
    case holds(String)
    case fault(SourceProblem)
  }

  /// The findings by reminder number. A reminder has none if no condition holds or fails for it.
  package func ask(_ reminders: [Int64]) async throws(SourceProblem) -> [Int64: Finding] {
    guard !conditions.isEmpty, !reminders.isEmpty else { return [:] }
    let numbers = Set(reminders).sorted()
    var findings: [Int64: Finding] = [:]
    for start in stride(from: 0, to: numbers.count, by: RowQuestion.mostKeys) {
      let slice = numbers[start..<min(start + RowQuestion.mostKeys, numbers.count)]
      for condition in conditions {
        let rows = try await rows(slice.map { RowKey("\($0)") }, condition)
        for number in slice where findings[number] == nil {
          guard let row = rows[RowKey("\(number)")] else { continue }
          if let fault = row.fault {
            findings[number] = .fault(fault.ofUnless)
          } else if row.holds {
            findings[number] = .holds(condition)
          }
        }
      }
    }
    return findings
  }

  private func rows(
    _ keys: [RowKey], _ condition: String
  ) async throws(SourceProblem) -> [RowKey: RowAnswer] {
    guard let source = databases.sources[LedgerView.source] else {
      throw SourceProblem(.unreachable, "`unless` cannot be evaluated: the ledger is not a source")
    }
    do throws(SourceProblem) {
      return try await source.rows(
        RowQuestion(
          watch: Watch(of: .reminders), keys: keys, conditions: [condition],
          clock: databases.clock(at: now)))
    } catch {
      throw error.ofUnless
    }
  }
}

extension SourceProblem {
  /// The same problem, with `unless` in its text because no configured watch is involved.
  fileprivate var ofUnless: SourceProblem {
    kind == .condition ? SourceProblem(kind, "`unless`: \(description)", hint: hint) : self
  }
}

extension CustomerDatabases {
  /// The inquiry about the `unless` of a step.
  package func unless(of step: Step, now: Instant) -> UnlessInquiry {
    UnlessInquiry(databases: self, conditions: step.unless, now: now)
  }
}
