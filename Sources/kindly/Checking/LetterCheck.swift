import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// Checks a step's letter against the columns of its rows, and renders it for a real one.
struct LetterCheck {
  let databases: CustomerDatabases
  let letters: TemplateLibrary
  let rule: Rule
  let step: Step
  let watch: Watch
  let columns: Set<ExactText>
  let customerColumns: Set<ExactText>

  /// How many rows are searched for one with a customer; the first such row is rendered.
  private static let sampled = 20

  func check(_ report: inout CheckReport) async {
    let findings = letters.check(step.template, columns: templateColumns)
    for finding in findings { report.add(finding) }
    guard !findings.contains(where: { $0.severity == .error }) else { return }
    do {
      guard let (row, customer) = try await sample() else { return }
      let scope = try await databases.letterScope(about: watch)
        .scope(rule: rule, step: step, watch: watch, row: row, customer: customer, old: nil)
      for finding in try letters.rendering(step.template, scope: scope).nulls {
        report.add(finding)
      }
    } catch let problem as SourceProblem {
      report.add(problem, at: watch.place)
    } catch {
      report.error("the letter of rule \(rule.name), step \(step.name): \(error)", at: step.place)
    }
  }

  private var templateColumns: TemplateColumns {
    let secrets = Set(texts: databases.configuration.customers?.secret ?? [])
    return TemplateColumns(
      this: columns, old: step.isUpdate ? columns : nil, customer: customerColumns,
      secrets: secrets)
  }

  /// A row of the watch with its customer; nil where no row has one, and then nothing can be rendered.
  private func sample() async throws -> (RowAnswer, Customer)? {
    for row in try await databases.source(of: watch).sample(watch, limit: LetterCheck.sampled) {
      guard let key = row.customer, let found = try await databases.customer(key) else { continue }
      return (row, found.customer)
    }
    return nil
  }
}
