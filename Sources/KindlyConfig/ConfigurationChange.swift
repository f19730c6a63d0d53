package import KindlyCore

/// What a reload changes, for the line in the journal and for the guard against losing most rules.
package struct ConfigurationChange: Hashable, Sendable {
  package let addedRules: [String]
  /// Rules that are gone; one that was renamed with `was:` is not.
  package let removedRules: [String]
  /// Rules of the same name, or renamed with `was:`, that say something else now.
  package let changedRules: [String]
  /// The share of the rules before that are gone now, 0 to 1.
  package let droppedFraction: Double
  /// Consequences that are probably not intended, one sentence each.
  package let advice: [String]
  /// What changed in rules and settings, a few words each.
  private let parts: [String]
  private let settingsAreSame: Bool

  package init(from old: Configuration, to new: Configuration) {
    var added: [String] = []
    var changed: [String] = []
    var advice: [String] = []
    var kept: Set<ExactText> = []
    for rule in new.rules {
      guard let before = ConfigurationChange.predecessor(of: rule, in: old) else {
        added.append(rule.name)
        continue
      }
      kept.insert(before.name)
      if rule.withoutPlaces != before.withoutPlaces { changed.append(rule.name) }
      advice += ConfigurationChange.renamedSteps(from: before, to: rule)
    }
    addedRules = added
    changedRules = changed
    removedRules = old.rules.map(\.name).filter { !kept.contains($0) }
    // The rule that Kindly adds is not among those that somebody wrote and may have lost.
    let written = old.rules.count { !$0.name.isExactly(ReplyRule.name) }
    let lost = removedRules.count { !$0.isExactly(ReplyRule.name) }
    droppedFraction = written == 0 ? 0 : Double(lost) / Double(written)
    self.advice = advice
    let settings = ConfigurationChange.settings(from: old, to: new)
    settingsAreSame = settings.isEmpty
    parts =
      [
        ConfigurationChange.counted("rule", added, "added"),
        ConfigurationChange.counted("rule", removedRules, "removed"),
        ConfigurationChange.counted("rule", changed, "changed"),
      ].compactMap { $0 } + settings
  }

  /// Whether rules and settings say the same.
  package var isEmpty: Bool { parts.isEmpty }

  /// Whether nothing that decides about a rule's reminders is different.
  package func leaves(_ old: Rule, as new: Rule) -> Bool {
    settingsAreSame && old.withoutPlaces == new.withoutPlaces
  }

  /// One line for a person: `1 rule added (trial), 1 template file changed (ending.html)`.
  ///
  /// - Parameter templateFiles: those that were added, removed or changed.
  package func summary(templateFiles: [String]) -> String {
    let letters = ConfigurationChange.counted("template file", templateFiles, "changed")
    let all = parts + [letters].compactMap { $0 }
    return all.isEmpty ? "nothing changed" : all.joined(separator: ", ")
  }

  /// The rule that another one continues: of the same name, or of a name that it had before.
  package static func predecessor(of rule: Rule, in old: Configuration) -> Rule? {
    let names = [rule.name] + rule.formerNames
    return names.lazy.compactMap { name in old.rules.first { $0.name.isExactly(name) } }.first
  }

  /// Steps that lost their name and stand under another with the same `when`: most often a template was exchanged.
  private static func renamedSteps(from old: Rule, to new: Rule) -> [String] {
    let gone = old.steps.filter { new.step(named: $0.name) == nil }
    let fresh = new.steps.filter { old.step(named: $0.name) == nil && $0.formerNames.isEmpty }
    return gone.compactMap { step in
      guard let successor = fresh.first(where: { $0.when == step.when }) else { return nil }
      return
        "rule \(new.name): step \(successor.name) replaces \(step.name) and counts as a new step; "
        + "to rename a step, write `was: \(step.name)` in it (\(successor.place)) in the same edit, so that reminders that \(step.name) sent are not sent again"
    }
  }

  private static func hours(from old: WeekHours?, to new: WeekHours?, _ key: String) -> [String] {
    old == new ? [] : ["\(key) \(old?.description ?? "none") → \(new?.description ?? "none")"]
  }

  private static func settings(from old: Configuration, to new: Configuration) -> [String] {
    var parts: [String] = []
    if old.delivery != new.delivery { parts.append("delivery \(old.delivery) → \(new.delivery)") }
    if old.timezone != new.timezone {
      parts.append("timezone \(old.timezone.identifier) → \(new.timezone.identifier)")
    }
    if old.language != new.language {
      parts.append("language \(old.language?.text ?? "none") → \(new.language?.text ?? "none")")
    }
    if old.defaultTime != new.defaultTime {
      parts.append("default time \(old.defaultTime) → \(new.defaultTime)")
    }
    parts += hours(from: old.hours.quiet, to: new.hours.quiet, "quiet hours")
    parts += hours(from: old.hours.send, to: new.hours.send, "send hours")
    if old.logLevel != new.logLevel {
      let (before, after) = (old.logLevel ?? .info, new.logLevel ?? .info)
      parts.append("log level \(before.rawValue) → \(after.rawValue)")
    }
    parts += named(
      old.sources.map { ($0.name, $0.withoutPlace) },
      new.sources.map { ($0.name, $0.withoutPlace) }, "source")
    parts += named(
      old.watches.map { ($0.name, $0.withoutPlace) },
      new.watches.map { ($0.name, $0.withoutPlace) }, "watch")
    parts += named(
      old.channels.map { ($0.name, $0.withoutPlace) },
      new.channels.map { ($0.name, $0.withoutPlace) }, "channel")
    parts += named(
      old.attachmentFolders.map { ($0.name, $0.path) },
      new.attachmentFolders.map { ($0.name, $0.path) }, "folder")
    parts += named(
      old.segments.map { ($0.name, $0.withoutPlace) },
      new.segments.map { ($0.name, $0.withoutPlace) }, "segment")
    parts += named(
      old.lists.map { ($0.name, $0.withoutPlace) },
      new.lists.map { ($0.name, $0.withoutPlace) }, "list")
    if old.mailbox?.withoutPlace != new.mailbox?.withoutPlace { parts.append("mailbox changed") }
    if old.customers != new.customers { parts.append("customers changed") }
    if old.colleagues != new.colleagues { parts.append("colleagues changed") }
    if old.taskOutcomes != new.taskOutcomes { parts.append("task outcomes changed") }
    parts += named(
      old.teams.map { ($0.name, $0.person) }, new.teams.map { ($0.name, $0.person) }, "team")
    if old.stateDirectory != new.stateDirectory || old.socket != new.socket {
      parts.append("state or socket moved (after a restart)")
    }
    return parts
  }

  private static func named<T: Hashable>(
    _ old: [(String, T)], _ new: [(String, T)], _ what: String
  ) -> [String] {
    let before = Dictionary(old.map { (ExactText($0), $1) }) { first, _ in first }
    let after = Dictionary(new.map { (ExactText($0), $1) }) { first, _ in first }
    let removed = old.map(\.0).filter { after[$0] == nil }.map { "\(what) \($0) removed" }
    return new.compactMap { name, value in
      guard let earlier = before[name] else { return "\(what) \(name) added" }
      return earlier == value ? nil : "\(what) \(name) changed"
    } + removed
  }

  /// `2 rules added (a, b)`, or nil for none.
  private static func counted(_ what: String, _ names: [String], _ verb: String) -> String? {
    // A journal line holds so many names; the rest is a number.
    let shown = 5
    guard !names.isEmpty else { return nil }
    let rest = names.count > shown ? " and \(names.count - shown) more" : ""
    return "\(KindlyCore.counted(names.count, what)) \(verb) "
      + "(\(names.prefix(shown).joined(separator: ", "))\(rest))"
  }
}

// A rule that only moved to another line has not changed.

extension Rule {
  fileprivate var withoutPlaces: Rule {
    Rule(
      name: name, formerNames: formerNames, watch: watch, steps: steps.map(\.withoutPlace),
      backfill: backfill, fuse: fuse, replies: replies)
  }
}

extension Step {
  fileprivate var withoutPlace: Step {
    var step = self
    step.place = .unknown
    step.segments = segments.map(\.withoutPlace)
    step.lists = lists.map(\.withoutPlace)
    return step
  }
}

extension Watch {
  fileprivate var withoutPlace: Watch {
    Watch(
      name: name, source: source, relation: relation, key: key, changes: changes,
      about: about, reappearingInserts: reappearingInserts, dates: dates)
  }
}

extension SourceSettings {
  fileprivate var withoutPlace: SourceSettings {
    SourceSettings(
      name: name, kind: kind, encoding: encoding, password: password, manners: manners, poll: poll,
      timezone: timezone)
  }
}

extension MailboxSettings {
  fileprivate var withoutPlace: MailboxSettings {
    var settings = self
    settings.place = .unknown
    return settings
  }
}

extension ChannelSettings {
  fileprivate var withoutPlace: ChannelSettings {
    ChannelSettings(
      name: name, type: type, concurrency: concurrency, rate: rate, quietHours: quietHours,
      sendHours: sendHours)
  }
}
