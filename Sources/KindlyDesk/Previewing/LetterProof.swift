package import KindlyConfig
package import KindlyCore
import KindlyDaemon
package import KindlyTemplates

/// Every letter of a configuration written for real rows, so that a person can approve them.
package struct LetterProof {
  /// One step with its letters.
  package struct Entry {
    package let rule: Rule
    package let step: Step
    package let versions: [Version]
  }

  /// Which letter of a step it is.
  package struct Letter {
    /// Whom it goes to.
    package let role: RecipientRole
    /// The language of the letter's file; empty for the file that serves all others.
    package let variant: String
    /// Whether it is the letter that corrects a date.
    package let isCorrection: Bool
  }

  /// A letter of a step, for one recipient and in one language.
  package struct Version {
    package let letter: Letter
    package let result: Result<Specimen, Missing>
  }

  /// A letter that could be written.
  package struct Specimen {
    package let sample: LetterSample
    /// Whether the row meets the conditions now; nil where they cannot be asked of a row.
    package let holds: Bool?
    /// Whether the row's recipient reads this language; if not, the letter was written in it all the same.
    package let isForReader: Bool
    /// The date that a correction says was told before, which is an example; nil if the letter is no correction.
    package let was: AnnouncedDate?
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

/// Finds a row for each letter of one step.
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
    /// A date before the row's, as it could have been told before; nil if the step corrects none.
    let was: AnnouncedDate?
  }

  /// A row with the person who would get the letter about it.
  private typealias Addressed = (candidate: Candidate, reader: Person)

  func entry(old: (RowKey, Watch) async -> RowValues?) async -> LetterProof.Entry {
    let variants = letters.languages(of: step.template)
    var versions: [LetterProof.Version] = []
    do {
      guard let watch = inquiry.configuration.watch(named: rule.watch), !variants.isEmpty else {
        throw LetterProof.Missing(text: "there is no template \(step.template)")
      }
      let candidates = try await candidates(watch)
      for role in step.recipients {
        let addressed = try await self.addressed(candidates, in: role)
        for letter in wanted(role, variants) {
          versions.append(
            LetterProof.Version(
              letter: letter, result: await specimen(letter, addressed, watch, old)))
        }
      }
    } catch {
      let missing = error as? LetterProof.Missing ?? LetterProof.Missing(text: "\(error)")
      versions = step.recipients.flatMap { wanted($0, variants.isEmpty ? [""] : variants) }.map {
        LetterProof.Version(letter: $0, result: .failure(missing))
      }
    }
    return LetterProof.Entry(rule: rule, step: step, versions: versions)
  }

  /// The letters to a recipient: one in each language, and the same as corrections if the step sends them.
  private func wanted(_ role: RecipientRole, _ variants: [String]) -> [LetterProof.Letter] {
    let forms = step.onMove == .correct ? [false, true] : [false]
    return forms.flatMap { isCorrection in
      variants.map { variant in
        LetterProof.Letter(role: role, variant: variant, isCorrection: isCorrection)
      }
    }
  }

  /// Rows that have what the step's `when` needs and, unless they are about nobody, a customer. Rows that meet the
  /// conditions now come first.
  private func candidates(_ watch: Watch) async throws -> [Candidate] {
    let source = try inquiry.source(of: watch)
    var rows = try await source.sample(watch, limit: ProofOfStep.rows)
    guard !rows.isEmpty else {
      throw LetterProof.Missing(text: "no real row: \(watch.name) has no rows")
    }
    var anchors: [RowKey: Anchor] = [:]
    if let schedule = step.when.schedule, let column = schedule.column {
      let dates = try await inquiry.dates(of: watch)
      // Losing the reason is right: a row without a moment is no example, whatever it lacks.
      for row in rows { anchors[row.key] = try? schedule.of(row.values, as: dates).anchor }
      rows = rows.filter { anchors[$0.key] != nil }
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
      let was =
        step.onMove == .correct ? anchors[row.key].flatMap(AnnouncedDate.example(before:)) : nil
      return Candidate(row: row, about: subject.person, holds: holds, was: was)
    }
    guard !found.isEmpty else {
      throw LetterProof.Missing(
        text: "no real row: none of those looked at has a customer in the directory")
    }
    return found.filter { $0.holds != false } + found.filter { $0.holds == false }
  }

  /// The rows for which there is a recipient in a role.
  private func addressed(
    _ candidates: [Candidate], in role: RecipientRole
  ) async throws -> [Addressed] {
    let requests = candidates.map {
      RecipientLookup.Request(role, about: $0.about, this: $0.row.values)
    }
    let answers = try await inquiry.recipients(requests)
    var addressed: [Addressed] = []
    for (candidate, answer) in zip(candidates, answers) {
      guard case .success(let reader) = answer.recipient else { continue }
      addressed.append((candidate: candidate, reader: reader))
    }
    return addressed
  }

  private func specimen(
    _ letter: LetterProof.Letter, _ addressed: [Addressed], _ watch: Watch,
    _ old: (RowKey, Watch) async -> RowValues?
  ) async -> Result<LetterProof.Specimen, LetterProof.Missing> {
    guard !addressed.isEmpty else {
      return .failure(
        LetterProof.Missing(
          text: "no recipient: `to: \(letter.role.text)` finds nobody for the rows looked at"))
    }
    let fitting = addressed.filter { !letter.isCorrection || $0.candidate.was != nil }
    let readers = fitting.filter { one in
      letters.variant(of: step.template, for: one.reader.language ?? "") == letter.variant
    }
    var failure: (any Error)?
    for (candidate, _) in (readers.isEmpty ? fitting : readers).prefix(ProofOfStep.tries) {
      let language = LetterSample.language(ofVariant: letter.variant)
      let was = letter.isCorrection ? candidate.was : nil
      do {
        let before = step.when.isUpdate ? await old(candidate.row.key, watch) : nil
        let sample = try await LetterSample(
          rule, step, candidate.row, of: watch, about: candidate.about, role: letter.role,
          old: before, was: was, language: readers.isEmpty ? language : nil, letters: letters,
          inquiry)
        return .success(
          LetterProof.Specimen(
            sample: sample, holds: candidate.holds, isForReader: !readers.isEmpty, was: was))
      } catch {
        failure = failure ?? error
      }
    }
    return .failure(
      LetterProof.Missing(text: "it cannot be written: \(failure.map { "\($0)" } ?? "no row")"))
  }
}
