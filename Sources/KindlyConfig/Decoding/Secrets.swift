import KindlyCore

/// Decodes `{ credential: NAME }`, `{ file: PATH }` or `{ env: NAME }`. Never repeats a value.
struct SecretDecoder {
  let findings: Findings

  func secret(_ item: Item, _ key: String) -> SecretReference? {
    guard case .map(let entries) = item.kind else {
      findings.error(
        "expected `\(key)` to say where the secret is kept, `{ credential: NAME }`, `{ file: PATH }` or "
          + "`{ env: NAME }`, got the secret itself; move it there, and change it if others could read this file",
        at: item.spot)
      return nil
    }
    guard entries.count == 1, let entry = entries.first else {
      findings.error(
        "expected `\(key)` to have exactly one of credential, file and env, got \(entries.count) keys",
        at: item.spot)
      return nil
    }
    guard let text = Text(entry.value, key: entry.name, findings: findings) else { return nil }
    return reference(entry, text, key)
  }

  private func reference(_ entry: Item.Entry, _ text: Text, _ key: String) -> SecretReference? {
    switch entry.name {
    case "credential":
      if Notation.isName(text.string) { return .credential(text.string) }
      text.refuse("expected `credential` to be the name of a systemd credential, got another text")
    case "file":
      if text.string.hasPrefix("/") { return .file(text.string) }
      text.refuse("expected `file` to be an absolute path, got another text")
    case "env":
      let isVariable =
        text.string.first?.isNumber == false
        && text.string.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      if isVariable { return .environment(text.string) }
      text.refuse("expected `env` to be the name of an environment variable, got another text")
    default:
      findings.error(
        "unknown key `\(Item.shortened(entry.name))` in `\(key)`; expected credential, file or env"
          + Suggestion.text(for: entry.name, among: ["credential", "file", "env"]),
        at: entry.key.spot)
    }
    return nil
  }
}
