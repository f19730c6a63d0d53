import KindlyCore

/// Decodes steps: the keys that a rule and its steps share, and how a step's keys override the rule's.
struct StepDecoder {
  let findings: Findings
  let scope: RuleScope
  /// Nil where the rule's watch is unknown, which was told already.
  let watch: Watch?

  /// The keys that can be set on the rule or on the step.
  struct Keys {
    var when: When?
    var condition: ConditionText?
    var conditionSpot: Spot?
    var routes: [Route]?
    var recipients: [RecipientRole]?
    var segments: [Segment] = []
    var lists: [CustomerList]?
    var unless: ConditionText?
    var template: Text?
    var messageClass: MessageClass?
    var late: Lateness?
    var spread: Spread?
    var spreadSpot: Spot?
    /// The inner nil is `digest: none`, which overrides the rule's digest.
    var digest: Digest??
    var recheck: RecheckScope?
    var onMove: MoveResponse?
    var doneIf: DoneCondition?
    var onMoveSpot: Spot?
    var quietHours: HoursSetting?
    var sendHours: HoursSetting?
    var whenSpot: Spot?
    var workdays: Workdays?
    var offDays: OffDays?
    var missingDates: Skip?
    var officeHours: OfficeHours?
  }

  /// Reads the keys that both may have.
  func shared(_ fields: inout Fields) -> Keys {
    var keys = Keys()
    keys.whenSpot = fields.item("when")?.spot
    keys.when = when(&fields)
    keys.conditionSpot = fields.item("if")?.spot
    keys.condition = ConditionReader(findings: findings).condition(&fields, "if")
    keys.segments = scope.segments.chosen(&fields)
    keys.lists = scope.lists.chosen(&fields)
    keys.unless = ConditionReader(findings: findings).unlessCondition(&fields)
    keys.routes = RouteReader(findings: findings, channelNames: scope.channelNames).routes(&fields)
    keys.recipients = RecipientReader(findings: findings, teamNames: scope.teamNames).recipients(
      &fields)
    keys.template = template(&fields)
    keys.doneIf = ConditionReader(findings: findings).doneCondition(&fields)
    keys.messageClass = fields.value("class", "service, care or marketing") {
      MessageClass(word: $0)
    }
    keys.late = PolicyReader.late(&fields)
    keys.spreadSpot = fields.item("spread")?.spot
    keys.spread = PolicyReader.spread(&fields)
    keys.digest = PolicyReader.digest(&fields)
    keys.recheck = fields.value("recheck", "if, row or nothing", RecheckScope.init)
    keys.onMoveSpot = fields.item("on move")?.spot
    keys.onMove = fields.value("on move", "nothing or correct", MoveResponse.init)
    (keys.quietHours, keys.sendHours) = scope.hours.ofRule(&fields)
    keys.workdays = scope.calendars.workdays(&fields)
    keys.offDays = scope.calendars.offDays(&fields)
    keys.missingDates = CalendarReader.missingDates(&fields)
    keys.officeHours = CalendarReader.officeHours(&fields)
    return keys
  }

  /// The step of a rule without `steps:`. Its name is constant, so that a template can be exchanged without
  /// anything being sent again.
  func onlyStep(_ keys: Keys, in fields: Fields) -> Step? {
    step(named: Step.only, formerNames: [], keys, over: Keys(), in: fields)
  }

  func step(_ item: Item, _ rule: Keys) -> Step? {
    guard var fields = Fields(item, what: "a step", findings: findings) else { return nil }
    defer { fields.finish() }
    let name = fields.text("name")
    if let name, !Notation.isName(name.string.replacing("/", with: "-")) {
      name.refuse("expected `name` to be \(Notation.nameRule) and `/`; got \(name.item.shape)")
    }
    let formerNames = fields.texts("was")?.map(\.string) ?? []
    let keys = shared(&fields)
    let stepName = name?.string ?? keys.template?.string ?? rule.template?.string ?? ""
    return step(named: stepName, formerNames: formerNames, keys, over: rule, in: fields)
  }

  private func step(
    named name: String, formerNames: [String], _ keys: Keys, over rule: Keys, in fields: Fields
  ) -> Step? {
    let written = keys.when ?? rule.when
    let routes = keys.routes ?? rule.routes
    let template = keys.template ?? rule.template
    if fields.lacks("when"), written == nil {
      fields.missing("when", "`insert`, `7 days after COLUMN`, …")
    }
    if fields.lacks("send"), routes == nil { fields.missing("send", "a channel, `email`") }
    if fields.lacks("template"), template == nil { fields.missing("template", "`trial/welcome`") }
    guard let written, let routes, let template else { return nil }
    let digest = (keys.digest ?? rule.digest) ?? nil
    var policy = policy(keys, over: rule)
    // A date without a time falls due with the digest, so that its reminder is sent on that day.
    policy.defaultTime = digest?.time
    let when = written.by(policy)
    check(when, [rule, keys], in: fields)
    if when.anySchedule?.countsWorkingHours == true, policy.officeHours == nil {
      findings.error(
        "expected `office hours` in kindly.yaml, the rule or the step for `when: \(when.text)`, got none; "
          + "write them as `office hours: Mon-Fri 09:00-12:00, 13:30-18:00`",
        at: keys.whenSpot ?? rule.whenSpot ?? fields.spot)
    }
    checkSpread(keys, over: rule, in: fields)
    let canCorrect = when.schedule?.isCorrectable == true
    if keys.onMove == .correct, !canCorrect {
      refuseCorrections(of: [when], at: keys.onMoveSpot ?? fields.spot)
    }
    return Step(
      name: name, formerNames: formerNames, when: when,
      conditions: [rule.condition, keys.condition].compactMap { $0?.sql },
      segments: rule.segments + keys.segments.filter { !rule.segments.contains($0) },
      lists: keys.lists ?? rule.lists ?? [],
      unless: [rule.unless, keys.unless].compactMap { $0?.sql },
      legs: scope.withCarriers(
        Leg.all(routes, to: keys.recipients ?? rule.recipients ?? [.customer])),
      template: template.string, messageClass: keys.messageClass ?? rule.messageClass ?? .care,
      late: keys.late ?? rule.late ?? .standard, spread: keys.spread ?? rule.spread,
      digest: digest, recheck: keys.recheck ?? rule.recheck ?? .condition,
      onMove: canCorrect ? keys.onMove ?? rule.onMove ?? .nothing : .nothing,
      doneIf: keys.doneIf ?? rule.doneIf,
      quietHours: keys.quietHours ?? rule.quietHours,
      sendHours: keys.sendHours ?? rule.sendHours, workdays: policy.workdays,
      customerCalendars: policy.customerCalendars,
      place: fields.spot.place)
  }

  private func policy(_ keys: Keys, over rule: Keys) -> DayPolicy {
    var policy = DayPolicy()
    let written = keys.workdays ?? rule.workdays
    policy.workdays = written ?? scope.workdays
    // A calendar that a rule names applies to all its customers.
    policy.customerCalendars = written == nil ? scope.customerCalendars : .none
    policy.offDays = keys.offDays ?? rule.offDays ?? .keep
    policy.missingDates = keys.missingDates ?? rule.missingDates ?? .backward
    policy.officeHours = (keys.officeHours ?? rule.officeHours ?? scope.officeHours).map {
      Office(hours: $0, zone: scope.zone)
    }
    return policy
  }

  /// Checks that the watch and the conditions fit the step's `when`.
  private func check(_ when: When, _ levels: [Keys], in fields: Fields) {
    if when.isChange, let watch, watch.changes == nil {
      findings.error(
        "expected watch \(watch.name) (\(watch.place)) to have `changes:` for `when: \(when.text)`, got none; "
          + "write `changes: cursor COLUMN`, `changes: changelog` or `changes: snapshot` there",
        at: fields.spot)
    }
    let hasOld =
      switch when {
      case .change(.update, _), .change(.delete, _): true
      case .change(.insert, _), .change(.insertOrUpdate, _), .dated: false
      }
    for level in levels where !hasOld {
      guard let column = level.condition?.oldColumns.first else { continue }
      findings.error(
        "expected `old.\(column)` only where a row is updated or deleted, got it in a step with `when: \(when.text)`",
        at: level.conditionSpot ?? fields.spot)
    }
  }

  /// What is of use for less time than it is spread over is spread over that alone, which is probably not meant.
  private func checkSpread(_ keys: Keys, over rule: Keys, in fields: Fields) {
    guard let spread = keys.spread ?? rule.spread,
      case .after(let period)? = keys.late ?? rule.late, period.roughly < spread.time
    else { return }
    findings.warn(
      "`spread: \(spread)` is longer than a reminder is of use (`late: skip after \(period)`), so it is spread over \(period) only",
      at: keys.spreadSpot ?? rule.spreadSpot ?? fields.spot)
  }

  /// Refuses a rule's `on move: correct` that fits none of its steps.
  func checkMoves(_ keys: Keys, _ steps: [Step], in fields: Fields) {
    guard keys.onMove == .correct, !steps.isEmpty,
      !steps.contains(where: { $0.when.schedule?.isCorrectable == true })
    else { return }
    refuseCorrections(of: steps.map(\.when), at: keys.onMoveSpot ?? fields.spot)
  }

  private func refuseCorrections(of whens: [When], at spot: Spot) {
    findings.error(
      "expected `on move: correct` with `when: on COLUMN` or `when: N UNIT before COLUMN`, which tell one date of a row "
        + "before it is over; got it with \(whens.map { "`when: \($0.text)`" }.joined(separator: ", "))",
      at: spot)
  }

  private func when(_ fields: inout Fields) -> When? {
    if let item = fields.item("when"), case .map = item.kind { return ruled(item) }
    guard let text = fields.text("when") else { return nil }
    do throws(WhenProblem) {
      return try When.parse(text.string, festivals: scope.festivals)
    } catch {
      text.refuse("`when`: \(error)", offset: error.offset)
      return nil
    }
  }

  /// `{ rrule: "FREQ=…", from: COLUMN, at: HH:MM }`, which is `rrule "FREQ=…" from COLUMN at HH:MM` in one line.
  private func ruled(_ item: Item) -> When? {
    guard var fields = Fields(item, what: "when", findings: findings) else { return nil }
    defer { fields.finish() }
    let text = fields.requiredText("rrule", "a recurrence rule, FREQ=MONTHLY;BYDAY=-1FR")
    let column = fields.requiredText("from", "the column that it counts from")
    let at = fields.value("at", "a time of day, 09:00") { TimeOfDay($0) }
    guard let text, let column else { return nil }
    do throws(RecurrenceProblem) {
      let rule = try RecurrenceRule.parse(text.string)
      return .dated(Schedule(.byRule(rule), column: column.string, at: at))
    } catch {
      text.refuse("`rrule`: \(error)", offset: error.offset)
      return nil
    }
  }

  private func template(_ fields: inout Fields) -> Text? {
    guard let text = fields.text("template") else { return nil }
    let name = text.string
    if name.hasSuffix(".html") || name.hasSuffix(".txt") {
      text.refuse("expected `template` to be a name without its ending, got \(text.item.shape)")
    } else if name.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
      !Notation.isName(String($0))
    }) {
      text.refuse("expected `template` to be a name such as trial/welcome, got \(text.item.shape)")
    }
    return text
  }
}

/// Reads `send:`.
struct RouteReader {
  let findings: Findings
  let channelNames: [String]

  func routes(_ fields: inout Fields) -> [Route]? {
    guard let texts = fields.texts("send") else { return nil }
    if texts.count > Leg.mostRoutes, let text = texts.last {
      text.refuse(
        "expected `send` to have at most \(Leg.mostRoutes) members, got \(texts.count)")
    }
    let routes = texts.compactMap(route)
    if Set(routes).count < routes.count, let text = texts.last {
      text.refuse("expected the members of `send` to be different, got one twice")
    }
    return routes.isEmpty ? nil : routes
  }

  private func route(_ text: Text) -> Route? {
    guard
      let route = text.value(
        "channels joined by else, such as `sms else email` or `inbox else after 24 hours unread sms`",
        Notation.route)
    else { return nil }
    if route.channels.count > Route.longest {
      text.refuse(
        "expected at most \(Route.longest) channels in a route, got \(route.channels.count)")
    }
    if Set(route.channels).count < route.channels.count {
      text.refuse("expected each channel once in a route, got \(text.item.shape)")
    }
    for channel in route.channels
    where !channelNames.contains(channel) && channel != Route.preferred {
      text.refuse(
        "expected `send` to name channels, got `\(channel)`"
          + (channelNames.isEmpty
            ? "; none is configured" : Suggestion.text(for: channel, among: channelNames)))
    }
    return route
  }
}

/// Reads the keys of policy.
enum PolicyReader {
  /// `late: skip after 2 days`, `late: skip after COLUMN`, `late: send anyway`.
  static func late(_ fields: inout Fields) -> Lateness? {
    guard let text = fields.text("late") else { return nil }
    do throws(WhenProblem) {
      if let late = try Lateness.parse(text.string) { return late }
      text.refuse(
        "expected `late` to be `skip after 2 days`, `skip after COLUMN` or `send anyway`, got \(text.item.shape)"
      )
    } catch {
      text.refuse("`late`: \(error)")
    }
    return nil
  }

  /// `spread: 2h`.
  static func spread(_ fields: inout Fields) -> Spread? {
    fields.value("spread", "a time from 1m to 24h, such as 2h") {
      Notation.duration($0, in: Spread.times).map { Spread($0) }
    }
  }

  /// `digest: daily at 08:45`; the inner nil is `none`.
  static func digest(_ fields: inout Fields) -> Digest?? {
    fields.value(
      "digest", "hourly, `daily at 08:45`, `weekly on Monday at 09:00` or none"
    ) { text -> Digest?? in
      if text == "none" { return .some(nil) }
      return Digest(text).map { .some($0) }
    }
  }

  /// `backfill: 30 days`.
  static func backfill(_ fields: inout Fields) -> Period? {
    fields.text("backfill").flatMap { period($0.string, of: $0) }
  }

  /// Reads `fuse: 8000 a day`.
  static func fuse(_ fields: inout Fields) -> Int? {
    fields.value(
      "fuse", "the number of reminders allowed a day, from 1 to \(mostFuse), such as `8000 a day`"
    ) { text in
      let words = text.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count == 3, words[1...].elementsEqual(["a", "day"]),
        words[0].utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }),
        let count = Int(words[0]), (1...mostFuse).contains(count)
      else { return nil }
      return count
    }
  }

  /// More than any rule sends on a day. A larger number is a typing error and would protect nobody.
  private static let mostFuse = 10_000_000

  private static func period(_ string: String, of text: Text) -> Period? {
    do throws(WhenProblem) {
      return try Period.parse(string)
    } catch {
      text.refuse("`\(text.key)`: \(error)")
      return nil
    }
  }
}
