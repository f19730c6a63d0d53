import KindlyCore

/// Reads `to:`.
struct RecipientReader {
  let findings: Findings
  let teamNames: [String]

  private static let expected =
    "customer, owner, lead, `colleague COLUMN`, `team NAME`, a mail address, or a phone number with `+` and the country's code"

  /// The recipients as written; `resolvingLeads` decides later whose lead is meant.
  func recipients(_ fields: inout Fields) -> [RecipientRole]? {
    guard let texts = fields.texts("to") else { return nil }
    if texts.count > Leg.mostRecipients, let text = texts.last {
      text.refuse(
        "expected `to` to have at most \(Leg.mostRecipients) members, got \(texts.count); write to a team instead"
      )
    }
    let roles = texts.compactMap(recipient)
    if Set(texts.map { ExactText($0.string) }).count < texts.count, let text = texts.last {
      text.refuse("expected the members of `to` to be different, got one twice")
    }
    return roles.isEmpty ? nil : roles
  }

  private func recipient(_ text: Text) -> RecipientRole? {
    let words = text.string.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words.first, words.count) {
    case ("customer", 1): return .customer
    case ("owner", 1): return .owner
    case ("lead", 1): return .lead(of: .owner)
    case ("colleague", 2): return .colleague(column: words[1].trimmed)
    case ("team", 2): return team(words[1].trimmed, text)
    default: return address(text)
    }
  }

  private func team(_ name: String, _ text: Text) -> RecipientRole? {
    if !teamNames.containsExactly(name) {
      text.refuse(
        "expected `to` to name a team of `teams:`, got `\(name)`"
          + (teamNames.isEmpty
            ? "; none is configured" : Suggestion.text(for: name, among: teamNames)))
    }
    return .team(name)
  }

  private func address(_ text: Text) -> RecipientRole? {
    let string = text.string
    let kind: AddressKind? =
      string.utf8.contains(UInt8(ascii: "@"))
      ? .email : string.utf8.first == UInt8(ascii: "+") ? .phone : nil
    // Losing the reason is right: the error lists all that can be written.
    guard let kind, (try? kind.checked(string)) != nil else {
      text.refuse("expected `to` to be \(RecipientReader.expected); got \(text.shape)")
      return nil
    }
    return .address(kind, string)
  }

  /// The steps of a rule with each lead resolved: the lead of the last colleague before it that the rule writes to. If
  /// there is no such colleague, it is the owner's lead or, in a rule about tasks, the assignee's lead.
  static func resolvingLeads(of steps: [Step], in watch: Watch?) -> [Step] {
    var last: RecipientRole =
      watch?.ledgerView == .tasks ? .colleague(column: "assignee") : .owner
    return steps.map { step in
      var step = step
      var roles: [Int: RecipientRole] = [:]
      step.legs = step.legs.map { leg in
        let role = roles[leg.position] ?? leg.recipient.resolvingLead(of: last)
        roles[leg.position] = role
        if role.isColleague { last = role }
        return leg.to(role)
      }
      return step
    }
  }
}

extension RecipientRole {
  fileprivate func resolvingLead(of other: RecipientRole) -> RecipientRole {
    switch self {
    case .lead: .lead(of: other)
    case .customer, .owner, .colleague, .team, .address: self
    }
  }
}
