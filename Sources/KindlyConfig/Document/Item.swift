import KindlyCore

/// A node of a YAML file with its place; every scalar is kept as the text that was written.
///
/// Nothing is resolved, so `22:00`, `NO` and `0138001` stay what they are.
struct Item {
  enum Style {
    case plain
    case quoted
    /// `|` or `>`.
    case block
  }

  indirect enum Kind {
    case text(String, Style)
    case list([Item])
    case map([Entry])
  }

  struct Entry {
    let key: Item
    let value: Item

    var name: String {
      if case .text(let name, _) = key.kind { name } else { "" }
    }
  }

  let kind: Kind
  let file: SourceFile
  let line: Int
  let column: Int

  var spot: Spot { file.spot(line: line, column: column) }

  /// Whether it is written on one line between braces or brackets.
  var isFlow: Bool {
    switch kind {
    case .text: false
    case .list: file.scalar(line: line, column: column) == "["
    case .map: file.scalar(line: line, column: column) == "{"
    }
  }

  /// Whether nothing was written where a value could stand.
  var isEmpty: Bool {
    if case .text("", .plain) = kind { true } else { false }
  }

  /// The text of a key of a map; nil where there is none.
  func text(of key: String) -> String? {
    guard case .map(let entries) = kind,
      case .text(let text, _)? = entries.first(where: { $0.name.isExactly(key) })?.value.kind
    else { return nil }
    return text
  }

  /// What it is, for the end of an error: `a list`, `` `abc` ``.
  var shape: String {
    switch kind {
    case .text("", _): "nothing"
    case .text(let text, _): "`\(Item.shortened(text))`"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// Where the scalar at `offset` of a text stands in the file; the text's own place where that cannot be told.
  func spot(offset: Int) -> Spot {
    guard case .text(let text, let style) = kind else { return spot }
    let before = Array(text.unicodeScalars.prefix(offset))
    switch style {
    case .plain, .quoted:
      let start = column + (style == .quoted ? 1 : 0)
      let written = file.line(line).dropFirst(start - 1).prefix(before.count)
      return Array(written) == before ? file.spot(line: line, column: start + offset) : spot
    case .block:
      let lineIndex = before.count { $0 == "\n" }
      let inLine = before.count - (before.lastIndex(of: "\n").map { $0 + 1 } ?? 0)
      let indentation = file.line(line + 1).prefix { $0 == " " }.count
      return file.spot(line: line + 1 + lineIndex, column: indentation + inLine + 1)
    }
  }

  /// Enough of a text to recognise it; an error is a line, not a page.
  static func shortened(_ text: String) -> String {
    let longest = 60
    let line = text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? text
    return line.count > longest ? line.prefix(longest) + "…" : line
  }
}
