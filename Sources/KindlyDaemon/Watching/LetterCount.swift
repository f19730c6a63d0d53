import KindlyCore

/// Counts the letters that one look's changes would send, as far as the guard needs.
///
/// Conditions are evaluated only if there are more letters than may be sent in any case, and only until too many are
/// found.
struct LetterCount {
  private let steps: [Step]
  private let rules: [String]
  private let watch: Watch
  private let source: any CustomerSource
  private let ledger: any NoticingLedger
  private let clock: QueryClock
  private var letters = 0
  /// Whether counting ended because there were too many.
  private var isCut = false
  /// Letters of a usual day; asked for when there is something to compare with it.
  private var usualDay: Int?
  /// Changes that match rules and whose conditions were not evaluated yet.
  private var undecided: [ChangeDraft] = []

  /// How many changes are kept in memory before their conditions are evaluated.
  private static let mostUndecided = 1_000
  /// As many changes as a source judges at once.
  private static let batch = 500

  init(
    _ generation: Generation, watch: Watch, source: any CustomerSource,
    ledger: any NoticingLedger, now: Instant
  ) {
    let rules = generation.orderedRules.filter { $0.watch == watch.name }
    steps = rules.flatMap(\.steps).filter(\.when.isChange)
    self.rules = rules.map(\.name)
    self.watch = watch
    self.source = source
    self.ledger = ledger
    clock = generation.databases.clock(at: now)
  }

  /// Why the letters are held, or nil where they may go.
  var objection: String? {
    LookGuard.objection(letters: letters, isAtLeast: isCut, usualDay: usualDay ?? 0)
  }

  mutating func take(_ drafts: some Collection<ChangeDraft>) async throws {
    if objection != nil {
      isCut = isCut || drafts.contains { !names(of: $0).isEmpty }
      return
    }
    undecided += drafts.filter { !names(of: $0).isEmpty }
    let possible = letters + undecided.reduce(0) { $0 + legs(of: names(of: $1)) }
    guard possible > LookGuard.fewestLetters else { return }
    let usual: Int
    if let usualDay {
      usual = usualDay
    } else {
      usual = try await ledger.usualDay(ofRules: rules, now: clock.now)
      usualDay = usual
    }
    guard
      possible > LookGuard.mostLetters(usualDay: usual)
        || undecided.count > LetterCount.mostUndecided
    else { return }
    for step in steps { letters += try await decide(step) * step.legs.count }
    undecided = []
  }

  private func names(of draft: ChangeDraft) -> [Step] {
    steps.filter { $0.when.change?.names(draft.operation, changed: draft.changed) == true }
  }

  private func legs(of steps: [Step]) -> Int { steps.reduce(0) { $0 + $1.legs.count } }

  /// How many of the undecided changes a step would write about.
  private func decide(_ step: Step) async throws -> Int {
    let named = undecided.filter {
      step.when.change?.names($0.operation, changed: $0.changed) == true
    }
    guard !step.conditions.isEmpty else { return named.count }
    var count = 0
    for asked in [
      named.filter { $0.operation == .insert }, named.filter { $0.operation != .insert },
    ] {
      count += try await holding(asked, step)
    }
    return count
  }

  /// How many of some changes a step would write about; all are inserts, or none is.
  private func holding(_ named: [ChangeDraft], _ step: Step) async throws -> Int {
    var count = 0
    for start in stride(from: 0, to: named.count, by: LetterCount.batch) {
      let part = named[start..<min(start + LetterCount.batch, named.count)]
      do {
        count += try await holding(part, step)
      } catch let problem as SourceProblem where problem.kind == .condition {
        // If the rule's SQL fails, assume that it will write to all of them once it is fixed.
        count += part.count
      }
    }
    return count
  }

  private func holding(_ drafts: ArraySlice<ChangeDraft>, _ step: Step) async throws -> Int {
    guard drafts.first?.operation != .insert else {
      let rows = try await source.rows(
        RowQuestion(
          watch: watch, keys: drafts.map(\.key), conditions: step.conditions, clock: clock))
      return rows.values.count { $0.holds || $0.fault != nil }
    }
    let changes = zip(Int64(1)..., drafts).map { id, draft in
      NoticedChange(
        id: id, operation: draft.operation, key: draft.key, old: draft.old, new: draft.new,
        changed: draft.changed, noticed: clock.now)
    }
    let judgement = try await source.judge(
      ChangeQuestion(watch: watch, changes: changes, conditions: step.conditions, clock: clock))
    return judgement.satisfied.count + judgement.faults.count
  }
}
