import KindlyCore

/// The keys of one map, taken one by one; keys left over at the end are unknown. What is wrong with them is collected.
///
/// A key of several words may be written with blanks or with underscores.
package struct Fields {
  /// What the map describes, for errors: `channel email`.
  let what: String
  let spot: Spot
  let findings: Findings
  private let item: Item
  private var entries: [Item.Entry] = []
  private var known: Set<ExactText> = []

  /// Words of later versions, which must not look like typing slips.
  static let reserved: Set<String> = [
    "at most"
  ]

  /// The fields of a map, or nil with an error where the item is none.
  init?(_ item: Item, what: String, findings: Findings) {
    guard case .map(let entries) = item.kind else {
      findings.error(
        "expected \(what) to be a map of keys and values, got \(item.shape)", at: item.spot)
      return nil
    }
    self.what = what
    self.item = item
    self.findings = findings
    spot = item.spot
    var seen: Set<ExactText> = []
    for entry in entries {
      if seen.insert(Fields.canonical(entry.name)) {
        self.entries.append(entry)
      } else {
        findings.error("expected each key once, got `\(entry.name)` again", at: entry.key.spot)
      }
    }
  }

  /// The value of a key, or nil where it is absent.
  mutating func item(_ key: String) -> Item? {
    known.insert(key)
    return entry(key)?.value
  }

  private func entry(_ key: String) -> Item.Entry? {
    entries.first { Fields.canonical($0.name).isExactly(key) }
  }

  /// The text of a key, or nil where it is absent or, with an error, no text.
  package mutating func text(_ key: String) -> Text? {
    item(key).flatMap { Text($0, key: key, findings: findings) }
  }

  /// The text of a key that must be there.
  package mutating func requiredText(_ key: String, _ example: String) -> Text? {
    guard let item = item(key) else {
      missing(key, example)
      return nil
    }
    return Text(item, key: key, findings: findings)
  }

  /// Whether a key was not written at all; one that was written wrongly has its error already.
  package func lacks(_ key: String) -> Bool { entry(key) == nil }

  package func missing(_ key: String, _ example: String) {
    findings.error("expected \(what) to have `\(key):` (\(example)), got none", at: spot)
  }

  /// A value read from a key's text; nil where it is absent or, with an error, something else.
  package mutating func value<T>(_ key: String, _ expected: String, _ read: (String) -> T?) -> T? {
    text(key).flatMap { $0.value(expected, read) }
  }

  /// A whole number in a range.
  package mutating func number(_ key: String, in range: ClosedRange<Int>) -> Int? {
    value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// One text or a list of them, each with its place.
  package mutating func texts(_ key: String) -> [Text]? {
    guard let item = item(key) else { return nil }
    guard case .list(let members) = item.kind else {
      return Text(item, key: key, findings: findings).map { [$0] }
    }
    if members.isEmpty {
      findings.error(
        "expected `\(key)` to have at least one member, got an empty list", at: item.spot)
    }
    return members.compactMap { Text($0, key: key, findings: findings) }
  }

  /// Whether a key's value is written as a list.
  package func isList(_ key: String) -> Bool {
    guard case .list? = entry(key)?.value.kind else { return false }
    return true
  }

  /// Where the secret of a key is kept, or nil where it is absent or, with an error, something else.
  package mutating func secret(_ key: String) -> SecretReference? {
    item(key).flatMap { SecretDecoder(findings: findings).secret($0, key) }
  }

  /// Where the secret of a key is kept that must be there.
  ///
  /// - Parameter meaning: what the secret is, for the error.
  package mutating func requiredSecret(_ key: String, _ meaning: String) -> SecretReference? {
    if lacks(key) { missing(key, "`{ credential: NAME }`, \(meaning)") }
    return secret(key)
  }

  /// Where the secrets of a key are kept, one or a list of them; nil where it is absent.
  package mutating func secrets(_ key: String, atMost limit: Int) -> [SecretReference]? {
    guard let item = item(key) else { return nil }
    let decoder = SecretDecoder(findings: findings)
    guard case .list(let members) = item.kind else { return decoder.secret(item, key).map { [$0] } }
    if !(1...limit).contains(members.count) {
      findings.error(
        "expected `\(key)` to have 1 to \(limit) members, got \(members.count)", at: item.spot)
    }
    return members.compactMap { decoder.secret($0, key) }
  }

  /// The named secrets of a map, in the order of the file; nil where the key is absent.
  package mutating func secretMap(
    _ key: String
  ) -> [(name: String, reference: SecretReference)]? {
    entries(of: key)?.compactMap { entry in
      SecretDecoder(findings: findings).secret(entry.value, entry.name).map { (entry.name, $0) }
    }
  }

  /// The named texts of a map, in the order of the file; nil where the key is absent.
  package mutating func textMap(_ key: String) -> [(name: String, text: Text)]? {
    entries(of: key)?.compactMap { entry in
      Text(entry.value, key: key, findings: findings).map { (entry.name, $0) }
    }
  }

  private mutating func entries(of key: String) -> [Item.Entry]? {
    guard let item = item(key) else { return nil }
    guard case .map(let entries) = item.kind else {
      findings.error("expected `\(key)` to be a map, got \(item.shape)", at: item.spot)
      return []
    }
    return entries
  }

  /// Adds a warning about the whole map.
  package func warn(_ text: String) { findings.warn(text, at: spot) }

  /// Reports every key that nothing asked for.
  func finish() {
    for entry in entries {
      let name = Fields.canonical(entry.name)
      if known.contains(name) { continue }
      if Fields.reserved.contains(name) {
        findings.error(
          "`\(entry.name):` is reserved for a later version and not supported by this one; remove it",
          at: entry.key.spot)
      } else {
        findings.error(unknown(entry), at: entry.key.spot)
      }
    }
  }

  private func unknown(_ entry: Item.Entry) -> String {
    if item.isFlow, entry.value.isEmpty {
      return
        "expected \(what) to have keys with values, got `\(Item.shortened(entry.name))` without one; "
        + "a comma ends a value in a one-line map; " + YAMLTraps.asBlock("key", "…, …")
    }
    let suggestion = Suggestion.text(
      for: Fields.canonical(entry.name), among: known.map(\.string))
    let list =
      suggestion.isEmpty
      ? "; its keys are " + known.sorted().map(\.string).joined(separator: ", ") : suggestion
    return "unknown key `\(Item.shortened(entry.name))` in \(what)\(list)"
  }

  private static func canonical(_ key: String) -> String {
    String(key.map { $0 == "_" ? " " : $0 })
  }
}

/// The text of one key with its place.
package struct Text {
  package let string: String
  package let key: String
  let item: Item
  private let findings: Findings

  /// The item's text, or nil with an error where it is empty or no text.
  init?(_ item: Item, key: String, findings: Findings) {
    guard case .text(let string, _) = item.kind, !string.isEmpty else {
      findings.error("expected `\(key)` to be a text, got \(item.shape)", at: item.spot)
      return nil
    }
    self.string = string
    self.key = key
    self.item = item
    self.findings = findings
  }

  /// The text for the end of an error: `` `abc` ``.
  package var shape: String { item.shape }

  /// What the text reads as, or nil with an error.
  package func value<T>(_ expected: String, _ read: (String) -> T?) -> T? {
    if let value = read(string) { return value }
    refuse("expected `\(key)` to be \(expected), got \(item.shape)")
    return nil
  }

  /// Adds an error about this text.
  package func refuse(_ text: String) { findings.error(text, at: item.spot) }

  func refuse(_ text: String, offset: Int) { findings.error(text, at: item.spot(offset: offset)) }

  func warn(_ text: String, offset: Int) {
    findings.warn(text, at: item.spot(offset: offset))
  }
}
