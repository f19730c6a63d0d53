import KindlyCore
import Yams

/// Explains a YAML error in terms of what was probably meant, most often SQL on one line.
enum YAMLTraps {
  static func explain(_ error: any Error, in file: SourceFile, findings: Findings) {
    guard let error = error as? YamlError else {
      findings.error("expected YAML, got \(error)", at: file.spot(line: 1, column: 1))
      return
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let lines = [mark.line, context?.mark.line ?? mark.line, mark.line - 1]
      let advice = lines.lazy.compactMap { hint(forLine: $0, of: file) }.first
      let spot = file.spot(line: min(mark.line, max(file.lines.count, 1)), column: mark.column)
      findings.error("expected YAML, got: \(problem)" + (advice.map { "; " + $0 } ?? ""), at: spot)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "`\($0)`" }.joined(separator: ", ")
      findings.error(
        "expected each key once, got \(names) again in the same map",
        at: file.spot(line: context.mark.line, column: context.mark.column))
    case .reader(let problem, _, _, _):
      findings.error("expected text in UTF-8, got: \(problem)", at: file.spot(line: 1, column: 1))
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      findings.error("expected YAML, got: \(error)", at: file.spot(line: 1, column: 1))
    }
  }

  /// How to write a value that a one-line map or YAML's own signs have cut.
  static func asBlock(_ key: String, _ value: String) -> String {
    "write it as a block:\n    \(key): |\n      \(value)"
  }

  /// Advice for a broken condition if YAML may have broken it.
  static func hint(forBroken item: Item, key: String) -> String? {
    guard case .text(let text, .plain) = item.kind else { return nil }
    let rest = SourceFile.string(item.file.line(item.line).dropFirst(item.column - 1))
    guard rest.hasPrefix(text) else { return nil }
    let behind = rest.dropFirst(text.count)
    if behind.drop(while: \.isWhitespace).first == "#" {
      return "` #` begins a comment in YAML; " + asBlock(key, rest)
    }
    if behind.first == "," {
      return "a comma ends a value in a one-line map; " + asBlock(key, text + ", …")
    }
    return nil
  }

  // MARK: Lines that YAML could not read

  private static func hint(forLine number: Int, of file: SourceFile) -> String? {
    let line = file.lineText(number)
    if line.prefix(while: \.isWhitespace).contains("\t") {
      return "indent with spaces, YAML does not allow tabs there"
    }
    if let wide = fullWidth(in: line) { return wide }
    guard let (key, value) = pair(in: line) else { return nil }
    if line.contains("{"), line.contains("if:") {
      return "commas, quotes and brackets of SQL end a value in a one-line map; "
        + asBlock("if", "…")
    }
    if let first = value.first, "'\"`%@*&![]{},?|>".contains(first) {
      return "a value that begins with `\(first)` is not plain text in YAML; " + asBlock(key, value)
    }
    if value.contains(": ") { return "`: ` ends a key in YAML; " + asBlock(key, value) }
    return nil
  }

  /// A full-width sign outside of quotes on a line that YAML stumbled over.
  private static func fullWidth(in line: String) -> String? {
    guard let colon = line.unicodeScalars.first(where: { FullWidth.ascii(for: $0) != nil }),
      let ascii = FullWidth.ascii(for: colon), colon == "：" || pair(in: line) == nil
    else { return nil }
    return "`\(colon)` is full-width, YAML wants the ASCII `\(ascii)`"
  }

  /// The key and the value of `  - key: value`.
  private static func pair(in line: String) -> (key: String, value: String)? {
    let trimmed = line.drop { $0 == " " || $0 == "-" }
    guard let colon = trimmed.firstIndex(of: ":") else { return nil }
    let key = trimmed[..<colon]
    guard !key.isEmpty, key.count < 40 else { return nil }
    let value = trimmed[trimmed.index(after: colon)...].drop { $0 == " " }
    return (String(key), String(value))
  }
}
