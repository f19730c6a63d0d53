import KindlyCore

/// Makes the rule by which a customer's reply becomes a task for the customer's owner.
///
/// It is a rule like any other, read by the same decoder.
struct ReplyRuleAssembly {
  let mailbox: MailboxSettings
  /// `mailbox:` as written, where problems with the rule are reported.
  let item: Item
  let customers: PeopleDirectory?
  let colleagues: ColleagueDirectory?
  let channels: [ChannelSettings]
  let scope: RuleScope
  let findings: Findings

  /// The rule and its watch; nil if replies become no tasks.
  ///
  /// - Parameter rules: the rules of the files.
  func rule(beside rules: [Rule]) -> (rule: Rule, watch: Watch)? {
    guard let channel = channel(beside: rules) else { return nil }
    let watch = Watch(of: .replies, named: ReplyRule.name, place: item.spot.place)
    let keys = [
      ("name", ReplyRule.name), ("watch", watch.name), ("if", condition(rules)), ("when", "insert"),
      ("to", "owner"), ("send", channel), ("template", ReplyRule.template), ("class", "service"),
    ]
    let entries = keys.map {
      Item.Entry(key: written(.text($0, .plain)), value: written(.text($1, .plain)))
    }
    let decoder = RuleDecoder(findings: findings, scope: scope.adding(watch))
    return decoder.rules(written(.list([written(.map(entries))]))).first.map { ($0, watch) }
  }

  private func channel(beside rules: [Rule]) -> String? {
    switch mailbox.replies {
    case .nothing: return nil
    case .over(let channel): return channel
    case .standard:
      let tasks = channels.filter(\.type.traits.isForColleagues)
      let isTaken = rules.contains { scope.watches[$0.watch]?.ledgerView == .replies }
      guard tasks.count == 1, !isTaken, hasOwners, reaches(tasks[0].type.carrier) else {
        return nil
      }
      return tasks[0].name
    }
  }

  /// Whether customers have owners, and a single key by which a reply can name the customer.
  private var hasOwners: Bool {
    guard let customers, customers.links[.owner] != nil else { return false }
    return scope.watches[customers.watch]?.key.count == 1
  }

  /// Whether colleagues have addresses for the channel that carries the cards of the tasks; without one, they need none.
  private func reaches(_ carrier: String?) -> Bool {
    guard let carrier, let channel = channels.first(where: { $0.name.isExactly(carrier) }) else {
      return carrier == nil
    }
    return channel.address == .key || colleagues?.people.column(of: channel.address) != nil
  }

  /// The replies of people, except to the rules that say `replies: nothing`.
  private func condition(_ rules: [Rule]) -> String {
    // The name of a rule has no character that SQL would have to quote.
    let silent = rules.filter { $0.replies == .nothing }.map { "'\($0.name)'" }
    let all = "kind = '\(AnswerKind.reply.word)'"
    return silent.isEmpty ? all : "\(all) AND rule NOT IN (\(silent.joined(separator: ", ")))"
  }

  private func written(_ kind: Item.Kind) -> Item {
    Item(kind: kind, file: item.file, line: item.line, column: item.column)
  }
}
