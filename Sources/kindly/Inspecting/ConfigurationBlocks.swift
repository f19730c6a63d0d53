import KindlyConfig
import KindlyCore

/// A proposal as text for kindly.yaml: the blocks `sources:`, `watches:` and `customers:`.
struct ConfigurationBlocks {
  let source: ChosenSource
  let proposal: CustomerProposal

  /// The block of the source; nil where the configuration has it already.
  ///
  /// - Parameter password: where the password is kept, where the settings' own place is not the one to write.
  static func sources(
    _ source: ChosenSource, password: SecretReference? = nil
  ) -> String? {
    guard let url = source.url else { return nil }
    var parts = ["url: \(ConfigurationText.quoted(url))"]
    let kept = source.carried == nil ? source.settings.password : nil
    if let reference = password ?? kept { parts.append("password: \(text(of: reference))") }
    if password == nil, source.carried != nil {
      parts.append("password: { credential: \(source.settings.name) }")
    }
    if let encoding = source.settings.encoding {
      parts.append("encoding: \(ConfigurationText.value(encoding))")
    }
    return """
      sources:
        \(source.settings.name): { \(parts.joined(separator: ", ")) }
      """
  }

  static func text(of reference: SecretReference) -> String {
    switch reference {
    case .credential(let name): "{ credential: \(name) }"
    case .file(let path): "{ file: \(ConfigurationText.value(path)) }"
    case .environment(let name): "{ env: \(name) }"
    }
  }

  var watches: String {
    (["watches:"] + all.flatMap { lines(of: $0.watched, name: $0.name) }).joined(separator: "\n")
  }

  var customers: String {
    let directory = proposal
    var lines = ["customers:", "  watch: \(customersName)"]
    if let condition = directory.condition {
      lines.append("  if: \(ConfigurationText.value(condition))")
    }
    let keys: [(String, ColumnRole)] = [
      ("name", .name), ("email", .email), ("phone", .phone), ("language", .language),
      ("timezone", .timezone),
    ]
    for (key, role) in keys {
      guard let column = directory.columns[role] else { continue }
      lines.append("  \(key): \(ConfigurationText.value(column))")
    }
    if !directory.secrets.isEmpty {
      let list = directory.secrets.map(ConfigurationText.value).joined(separator: ", ")
      lines.append("  secret: [\(list)]")
    }
    return lines.joined(separator: "\n")
  }

  /// Each table with the name of its watch, the customers first.
  var all: [(name: String, watched: CustomerProposal.Watched)] {
    var names: Set<ExactText> = []
    return ([proposal.customers] + proposal.others).enumerated().map { index, watched in
      var name = ConfigurationText.name(watched.relation)
      // Two tables may differ in signs that a name cannot have.
      if name.isEmpty || names.contains(name) {
        name = "\(name.isEmpty ? "table" : name)-\(index + 1)"
      }
      names.insert(name)
      return (name, watched)
    }
  }

  var customersName: String { all[0].name }

  private func lines(of watched: CustomerProposal.Watched, name: String) -> [String] {
    var parts = [
      "source: \(source.settings.name)", "table: \(ConfigurationText.value(watched.relation))",
      "key: \(ConfigurationText.list(watched.key))",
    ]
    let changes = watched.cursor.map { "cursor \($0)" } ?? "snapshot"
    parts.append("changes: \(ConfigurationText.value(changes))")
    if let customer = watched.customer {
      parts.append("customer: \(ConfigurationText.value(customer))")
    }
    // What the values say is stated, so that later values cannot say otherwise.
    let notations = watched.notations.map { "\(ConfigurationText.value($0.column)): \($0.word)" }
    if !notations.isEmpty { parts.append("dates: { \(notations.joined(separator: ", ")) }") }
    let remark =
      watched.cursor == nil && watched.isLarge
      ? [
        "  # A large table: `kindly source ddl \(name)` prints a change log, which costs less than a snapshot."
      ]
      : []
    return remark + ["  \(name): { \(parts.joined(separator: ", ")) }"]
  }
}
