import KindlyCore

/// What rules may refer to.
struct RuleScope {
  private(set) var watches: [ExactText: Watch]
  /// Every name that was written, also where the watch or channel turned out to be wrong.
  private(set) var watchNames: [String]
  /// The watch that has the customers; nil where there is none.
  let customerWatch: String?
  let channelNames: [String]
  /// The channels named by `via:`, by the name of the task channel whose cards they carry.
  let carriers: [ExactText: String]
  let teamNames: [String]
  let segments: SegmentReader
  let lists: ListReader
  /// Those that everybody knows, and those of the configuration.
  let festivals: Festivals
  let calendars: CalendarReader
  /// The company's calendar.
  let workdays: Workdays
  /// The calendars that customers may name instead.
  let customerCalendars: CustomerCalendars
  /// The company's; nil where none are written.
  let officeHours: OfficeHours?
  /// The company's zone.
  let zone: Zone
  let hours: HoursReader
}

extension RuleScope {
  /// The scope with another watch.
  func adding(_ watch: Watch) -> RuleScope {
    var scope = self
    scope.watches[watch.name] = watch
    scope.watchNames.append(watch.name)
    return scope
  }

  /// The legs, followed by the legs that carry the cards of their tasks.
  func withCarriers(_ legs: [Leg]) -> [Leg] {
    legs
      + legs.compactMap { leg in
        leg.route.channels.lazy.compactMap { carriers[$0] }.first.map(leg.carrier(over:))
      }
  }
}

/// Decodes the members of `rules:`.
struct RuleDecoder {
  let findings: Findings
  let scope: RuleScope

  /// The most steps of one rule; a longer ladder is several rules.
  static let mostSteps = 20

  func rules(_ item: Item) -> [Rule] {
    guard case .list(let members) = item.kind else {
      findings.error(
        "expected `rules` to be a list, each member beginning with `- name:`, got \(item.shape)",
        at: item.spot)
      return []
    }
    return members.compactMap(rule)
  }

  private func rule(_ item: Item) -> Rule? {
    guard var fields = Fields(item, what: RuleDecoder.title(of: item), findings: findings)
    else { return nil }
    defer { fields.finish() }
    let name = fields.requiredText("name", "it is known by this name")
    if let name, !Notation.isName(name.string) {
      name.refuse("expected `name` to be \(Notation.nameRule); got \(name.item.shape)")
    }
    let formerNames = fields.texts("was")?.map(\.string) ?? []
    let needsNoWatch = fields.lacks("watch")
    let watch = watch(&fields)
    let backfill = PolicyReader.backfill(&fields)
    let fuse = PolicyReader.fuse(&fields)
    let replies = fields.value("replies", "task or nothing", ReplyResponse.init)
    let stepDecoder = StepDecoder(findings: findings, scope: scope, watch: watch.watch)
    let shared = stepDecoder.shared(&fields)
    let steps = steps(&fields, stepDecoder, shared)
    if needsNoWatch { checkCalendar(of: steps, in: fields) }
    guard let name, let watchName = watch.name, !steps.isEmpty else { return nil }
    return Rule(
      name: name.string, formerNames: formerNames, watch: watchName,
      steps: RecipientReader.resolvingLeads(of: steps, in: watch.watch),
      backfill: backfill, fuse: fuse, replies: replies ?? .task, place: item.spot.place)
  }

  /// `rule trial`, for errors.
  private static func title(of item: Item) -> String {
    guard case .map(let entries) = item.kind,
      case .text(let name, _)? = entries.first(where: { $0.name == "name" })?.value.kind
    else { return "a rule" }
    return "rule \(Item.shortened(name))"
  }

  /// The watch that the rule names, or the customers' watch where it names none.
  private func watch(_ fields: inout Fields) -> (name: String?, watch: Watch?) {
    if fields.lacks("watch"), let name = scope.customerWatch { return (name, scope.watches[name]) }
    guard let text = fields.requiredText("watch", RuleDecoder.watchMeaning) else {
      return (nil, nil)
    }
    if !scope.watchNames.contains(text.string) {
      text.refuse(
        "expected `watch` to name a watch, got \(text.item.shape)"
          + Suggestion.text(for: text.string, among: scope.watchNames))
    }
    return (text.string, scope.watches[text.string])
  }

  private static let watchMeaning = "the watch whose rows it is about"

  /// Refuses steps that need a watch, in a rule that names none.
  private func checkCalendar(of steps: [Step], in fields: Fields) {
    guard scope.customerWatch != nil,
      let step = steps.first(where: { $0.when.schedule?.goesByCalendar != true })
    else { return }
    findings.error(
      "expected \(fields.what) to have `watch:` (\(RuleDecoder.watchMeaning)) for `when: \(step.when.text)`, got none; "
        + "only a rule for days of the calendar, such as `every Monday`, is about the customers without it",
      at: fields.spot)
  }

  private func steps(
    _ fields: inout Fields, _ decoder: StepDecoder, _ shared: StepDecoder.Keys
  ) -> [Step] {
    guard let item = fields.item("steps") else {
      return decoder.onlyStep(shared, in: fields).map { [$0] } ?? []
    }
    guard case .list(let members) = item.kind else {
      findings.error("expected `steps` to be a list, got \(item.shape)", at: item.spot)
      return []
    }
    if members.isEmpty {
      findings.error("expected `steps` to have a member, got an empty list", at: item.spot)
    }
    if members.count > RuleDecoder.mostSteps {
      findings.error(
        "expected at most \(RuleDecoder.mostSteps) steps, got \(members.count); make two rules of it",
        at: item.spot)
    }
    let steps = members.compactMap { decoder.step($0, shared) }
    refuseEqualNames(of: steps, members)
    decoder.checkMoves(shared, steps, in: fields)
    return steps
  }

  private func refuseEqualNames(of steps: [Step], _ members: [Item]) {
    var seen: [ExactText: Place] = [:]
    for step in steps {
      for name in [step.name] + step.formerNames {
        if let first = seen[name] {
          let item = members.first { $0.spot.place == step.place }
          findings.error(
            "expected the steps of a rule to have different names, got `\(name)` as on line \(first.line); "
              + "give one of them a `name:`",
            at: item?.spot ?? Spot(step.place))
        }
        seen[name] = step.place
      }
    }
  }
}
