/// A name, and how often it was changed; what was sent under a former one stays sent.
enum SimName {
  static func text(_ name: String, _ renamings: Int) -> String {
    renamings == 0 ? name : "\(name)-v\(renamings)"
  }

  /// The line that names the former ones; nil if there are none.
  static func was(_ name: String, _ renamings: Int) -> String? {
    if renamings == 0 { return nil }
    return "was: [\((0..<renamings).map { text(name, $0) }.joined(separator: ", "))]"
  }

  /// The first name of what has this name now.
  static func first(of text: String) -> String {
    String(text.prefix { $0 != "-" })
  }
}

struct SimStep: Hashable {
  /// Its first name, by which the model knows it.
  let name: String
  var renamings = 0
  var when: SimWhen
  var end = SimEnd()
  /// In minutes since midnight.
  var at: Int?
  /// Nil where a moment stays on a day off.
  var offDays: SimOffDays?
  var missing = SimMissing.earlier
  /// Whether a moved date is corrected.
  var corrects = false
  var late: SimSpan?
  var condition: SimCondition?
  var isService: Bool
  /// Channels in the order in which each leg tries them.
  let legs: [[String]]

  /// Whether days off may move its moments: not where several of them would fall on one day.
  var mayMove: Bool {
    switch when {
    case .change, .everyAmountOfDays: false
    case .every(let span, _): !span.isElapsed && span.unit != .day
    case .on, .before, .after, .workdaysBefore, .everyMonthOn, .everyYearOn: true
    }
  }

  var yaml: String {
    let clock = at.map { " at \(NaiveTime.clock($0 * 60))" } ?? ""
    var lines = ["when: \(when.text)\(end.text)\(clock)"]
    lines.append("name: \(SimName.text(name, renamings))")
    lines += [SimName.was(name, renamings)].compactMap(\.self)
    lines.append("template: \(name)")
    lines.append("class: \(isService ? "service" : "care")")
    if let late { lines.append("late: skip after \(late.text)") }
    if let condition { lines.append("if: \(condition.sql)") }
    if let offDays { lines.append("off days: \(offDays.rawValue)") }
    if missing != .earlier { lines.append("missing dates: \(missing.rawValue)") }
    if corrects { lines.append("on move: correct") }
    let routes = legs.map { $0.joined(separator: " else ") }
    lines.append("send: [\(routes.joined(separator: ", "))]")
    return "      - " + lines.joined(separator: "\n        ") + "\n"
  }
}

struct SimRule: Hashable {
  /// Its first name, by which the model knows it.
  let name: String
  var renamings = 0
  var condition: SimCondition?
  var steps: [SimStep]

  var yaml: String {
    let was = SimName.was(name, renamings).map { "    \($0)\n" } ?? ""
    let head = "  - name: \(SimName.text(name, renamings))\n\(was)    watch: customers\n"
    let condition = condition.map { "    if: \($0.sql)\n" } ?? ""
    return head + condition + "    steps:\n" + steps.map(\.yaml).joined()
  }
}

/// What a configuration says, as far as it changes in a story.
struct SimConfiguration: Hashable {
  var rules: [SimRule]
  /// In minutes since midnight; it passes midnight.
  var quietFrom: Int?
  var quietTo: Int

  static let channels = ["email", "post"]
  static let company = Home.shanghai
  static let defaultTime = 9 * 60

  func yaml(folder: String) -> String {
    let quiet = quietFrom.map {
      "quiet hours: \(NaiveTime.clock($0 * 60))-\(NaiveTime.clock(quietTo * 60))\n"
    }
    return """
      timezone: \(SimConfiguration.company.rawValue)
      delivery: live
      state: \(folder)/state
      socket: \(folder)/control.sock
      sources:
        crm: { url: "sqlite://\(folder)/crm.db" }
      watches:
        customers: { source: crm, table: customers, key: id, changes: snapshot }
      customers:
        watch: customers
        if: blocked = 0
        name: name
        email: email
        timezone: tz
      channels:
        email: { type: maildir, path: \(folder)/mail, concurrency: 1 }
        post: { type: maildir, path: \(folder)/post, concurrency: 1 }
      calendar: \(SimCalendar.name)
      \(quiet ?? "")
      """
  }

  var rulesYAML: String { "rules:\n" + rules.map(\.yaml).joined() }
}
