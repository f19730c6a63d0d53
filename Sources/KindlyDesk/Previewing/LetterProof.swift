package import KindlyConfig
package import KindlyCore
import KindlyDaemon
package import KindlyTemplates

/// Every letter of a configuration written for real rows, so that a person can approve them.
package struct LetterProof {
  /// One step with its letter in each language.
  package struct Entry {
    package let rule: Rule
    package let step: Step
    package let versions: [Version]
  }

  /// The letter of a step in one language.
  package struct Version {
    /// The language of the letter's file; empty for the file that serves all others.
    package let variant: String
    package let result: Result<Specimen, Missing>
  }

  /// A letter that could be written.
  package struct Specimen {
    package let sample: LetterSample
    /// Whether the row meets the conditions now; nil where they cannot be asked of a row.
    package let holds: Bool?
    /// Whether the row's customer reads this language; if not, the letter was written in it all the same.
    package let isForReader: Bool
  }

  /// Why there is no letter.
  package struct Missing: Error {
    package let text: String
  }

  package let configuration: Configuration
  package let entries: [Entry]
  /// The letters that could not be written for a real row.
  package var missing: Int {
    entries.flatMap(\.versions).count { if case .failure = $0.result { true } else { false } }
  }

  /// Writes every letter; `old` gives a row's values before its last noticed update.
  package init(
    _ inquiry: CustomerInquiry, letters: TemplateLibrary,
    old: (RowKey, Watch) async -> RowValues?
  ) async {
    configuration = inquiry.configuration
    var entries: [Entry] = []
    for rule in inquiry.configuration.rules {
      for step in rule.steps {
        entries.append(
          await ProofOfStep(inquiry: inquiry, letters: letters, rule: rule, step: step)
            .entry(old: old))
      }
    }
    self.entries = entries
  }
}

/// Finds a row for each language of one step's letter.
private struct ProofOfStep {
  let inquiry: CustomerInquiry
  let letters: TemplateLibrary
  let rule: Rule
  let step: Step

  /// Enough rows to meet every language that some customers read; the source is asked for them once a step.
  private static let rows = 200
  /// A letter that fails on so many rows fails on all.
  private static let tries = 5
  /// A row that could get the letter.
  private struct Candidate {
    let row: RowAnswer
    let about: Person?
    let holds: Bool?
  }

  func entry(old: (RowKey, Watch) async -> RowValues?) async -> LetterProof.Entry {
    let variants = letters.languages(of: step.template)
    var versions: [LetterProof.Version] = []
    do {
      guard let watch = inquiry.configuration.watch(named: rule.watch), !variants.isEmpty else {
        throw LetterProof.Missing(text: "there is no template \(step.template)")
      }
      let candidates = try await candidates(watch)
      for variant in variants {
        versions.append(
          LetterProof.Version(
            variant: variant, result: await specimen(variant, candidates, watch, old)))
      }
    } catch {
      let missing = error as? LetterProof.Missing ?? LetterProof.Missing(text: "\(error)")
      versions = (variants.isEmpty ? [""] : variants).map {
        LetterProof.Version(variant: $0, result: .failure(missing))
      }
    }
    return LetterProof.Entry(rule: rule, step: step, versions: versions)
  }

  /// Rows that have what the step's `when` needs and, unless they are about nobody, a customer. Rows that meet the
  /// conditions now come first.
  private func candidates(_ watch: Watch) async throws -> [Candidate] {
    let source = try inquiry.source(of: watch)
    var rows = try await source.sample(watch, limit: ProofOfStep.rows)
    guard !rows.isEmpty else {
      throw LetterProof.Missing(text: "no real row: \(watch.name) has no rows")
    }
    if let schedule = step.when.schedule, let column = schedule.column {
      let dates = try await inquiry.dates(of: watch)
      // Losing the reason is right: a row without a moment is no example, whatever it lacks.
      rows = rows.filter { (try? schedule.of($0.values, as: dates)) != nil }
      guard !rows.isEmpty else {
        throw LetterProof.Missing(
          text: "no real row: none of those looked at has a date in \(column)")
      }
    }
    let conditions = step.conditionsOfRow
    // A condition about `old` is one about a change.
    let canAsk = conditions.count == step.conditions.count
    let answers =
      conditions.isEmpty || !canAsk
      ? [:]
      : try await source.rows(
        RowQuestion(
          watch: watch, keys: rows.map(\.key), conditions: conditions, clock: inquiry.clock))
    let customers = try await inquiry.customers(
      Set(rows.compactMap(\.customer)), in: step.segments)
    let found = rows.compactMap { row -> Candidate? in
      let subject = RowSubject(row.customer, of: watch, among: customers)
      if case .unknown = subject { return nil }
      let meets = conditions.isEmpty || answers[row.key]?.holds == true
      let holds = canAsk ? meets && subject.holds(in: step.segments) : nil
      return Candidate(row: row, about: subject.person, holds: holds)
    }
    guard !found.isEmpty else {
      throw LetterProof.Missing(
        text: "no real row: none of those looked at has a customer in the directory")
    }
    return found.filter { $0.holds != false } + found.filter { $0.holds == false }
  }

  private func specimen(
    _ variant: String, _ candidates: [Candidate], _ watch: Watch,
    _ old: (RowKey, Watch) async -> RowValues?
  ) async -> Result<LetterProof.Specimen, LetterProof.Missing> {
    let readers = candidates.filter { candidate in
      letters.variant(of: step.template, for: candidate.about?.language ?? "") == variant
    }
    var failure: (any Error)?
    for candidate in (readers.isEmpty ? candidates : readers).prefix(ProofOfStep.tries) {
      let language = LetterSample.language(ofVariant: variant)
      do {
        let before = step.when.isUpdate ? await old(candidate.row.key, watch) : nil
        let sample = try await LetterSample(
          rule, step, candidate.row, of: watch, about: candidate.about, old: before,
          language: readers.isEmpty ? language : nil, letters: letters, inquiry)
        return .success(
          LetterProof.Specimen(
            sample: sample, holds: candidate.holds, isForReader: !readers.isEmpty))
      } catch {
        failure = failure ?? error
      }
    }
    return .failure(
      LetterProof.Missing(text: "it cannot be written: \(failure.map { "\($0)" } ?? "no row")"))
  }
}
