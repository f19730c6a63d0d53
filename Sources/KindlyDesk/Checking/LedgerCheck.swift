import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Checks how rules use Kindly's own ledger, which is empty before the first start.
struct LedgerCheck {
  let inquiry: CustomerInquiry

  /// Whether the ledger can be read; if not, it reports the problem.
  func check(_ report: inout CheckReport) async -> Bool {
    do {
      _ = try await inquiry.databases.source(named: LedgerView.source).pulse()
      return true
    } catch let problem as SourceProblem {
      report.add(problem, at: place)
    } catch {
      report.error("source \(LedgerView.source): \(error)", at: place)
    }
    return false
  }

  /// The first place in the configuration that uses the ledger.
  private var place: Place {
    let configuration = inquiry.configuration
    return configuration.watches.first { $0.ledgerView != nil }?.place
      ?? configuration.rules.flatMap(\.steps).first { !$0.unless.isEmpty }?.place ?? .unknown
  }

  /// Prepares each `unless` of a step against the view `reminders`.
  func checkUnless(of step: Step, _ report: inout CheckReport) async {
    for condition in step.unless {
      let asked = Segment(name: "unless", condition: condition)
      do {
        let findings = try await inquiry.databases.source(named: LedgerView.source)
          .examine(.segment(Watch(of: .reminders), asked))
        for finding in findings {
          let text = "`unless`: \(finding.text)"
          finding.isError
            ? report.error(text, at: step.place) : report.warn(text, at: step.place)
        }
      } catch let problem as SourceProblem {
        report.add(problem, at: step.place)
      } catch {
        report.error("`unless`: \(error)", at: step.place)
      }
    }
  }
}
