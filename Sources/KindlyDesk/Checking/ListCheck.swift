import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Checks the lists: runs each for one customer, and verifies that it shows no secret column.
struct ListCheck {
  let inquiry: CustomerInquiry
  let directory: PeopleDirectory
  let watch: Watch

  func check(_ reachable: Set<ExactText>, _ report: inout CheckReport) async {
    let lists = inquiry.configuration.lists.filter { reachable.contains($0.source) }
    guard !lists.isEmpty else { return }
    // Losing the error is right: the check of the customers reports it, and a list can be tried without a customer.
    let customer = try? await inquiry.source(of: watch).sample(watch, limit: 1).first?.key
    for list in lists {
      do {
        let answer = try await inquiry.databases.source(named: list.source).list(
          ListQuestion(list: list, customer: customer, clock: inquiry.clock))
        check(list, answer.columns, &report)
      } catch let problem as SourceProblem {
        let hint = problem.hint.map { "; \($0)" } ?? ""
        report.error("\(problem.description)\(hint)", at: list.place)
      } catch {
        report.error("list \(list.name): \(error)", at: list.place)
      }
    }
  }

  private func check(_ list: CustomerList, _ columns: [String], _ report: inout CheckReport) {
    let secrets = Set(directory.secret.map(\.folded))
    for column in columns where secrets.contains(column.folded) {
      report.error(
        "list \(list.name): expected no column listed in `secret:` under `customers:`, because tasks are stored and shown; got \(column)",
        at: list.place)
    }
    if columns.count > CustomerList.mostColumns {
      report.warn(
        "list \(list.name): only the first \(CustomerList.mostColumns) of its \(columns.count) columns are shown; name the columns that matter",
        at: list.place)
    }
  }
}
