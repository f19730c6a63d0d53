import KindlyCore

/// The members of a map whose keys are names that a person gave: sources, watches, channels.
struct NamedItems {
  /// Every name in the file, including members with errors, so that one mistake is reported once.
  let names: [String]
  let members: [(name: String, item: Item)]

  /// - Parameters:
  ///   - what: the noun for a member, such as `source`.
  ///   - isName: whether a text can be a name; `rule` says so in words.
  init(
    _ item: Item?, what: String, plural: String? = nil,
    isName: (String) -> Bool = Notation.isName, rule: String = Notation.nameRule,
    findings: Findings
  ) {
    guard let item else {
      names = []
      members = []
      return
    }
    guard case .map(let entries) = item.kind else {
      findings.error(
        "expected `\(plural ?? what + "s")` to be a map of names, got \(item.shape)", at: item.spot)
      names = []
      members = []
      return
    }
    names = entries.map(\.name)
    members = entries.compactMap { entry in
      if isName(entry.name) { return (entry.name, entry.value) }
      findings.error(
        "expected the name of a \(what) to be \(rule); got \(entry.key.shape)",
        at: entry.key.spot)
      return nil
    }
  }
}
