import Yams

/// Reads YAML into items, without giving any scalar a type.
///
/// Anchors, aliases and tags are refused: an alias is cheap to write and may explode when it is followed,
/// and none of the three helps in a file that people read.
enum YAMLReader {
  /// The root of a file; nil where it is empty or was found to be wrong.
  static func read(_ file: SourceFile, findings: Findings) -> Item? {
    do {
      // The parser is kept until the items are made, because nodes hold their anchors weakly.
      let parser = try Parser(yaml: file.text, resolver: .basic, encoding: .utf8)
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else { return nil }
        let reading = Reading(file: file, findings: findings)
        let item = reading.item(root, depth: 0)
        return item.isEmpty ? nil : item
      }
    } catch {
      YAMLTraps.explain(error, in: file, findings: findings)
      return nil
    }
  }

  private struct Reading {
    let file: SourceFile
    let findings: Findings

    /// No key of ours is nested deeper; more is a slip or an attack on the stack.
    static let deepest = 16

    func item(_ node: Node, depth: Int) -> Item {
      let mark = node.mark
      let line = mark?.line ?? 1
      let column = mark?.column ?? 1
      let isRefused = refuse(node, at: file.spot(line: line, column: column))
      // Aliases are not expanded: a few of them can expand to more than any memory.
      if isRefused, node.scalar == nil {
        return Item(kind: .list([]), file: file, line: line, column: column)
      }
      guard depth < Reading.deepest else {
        findings.error(
          "expected at most \(Reading.deepest) levels of nesting, got more",
          at: file.spot(line: line, column: column))
        return Item(kind: .list([]), file: file, line: line, column: column)
      }
      return Item(kind: kind(node, depth: depth + 1), file: file, line: line, column: column)
    }

    private func kind(_ node: Node, depth: Int) -> Item.Kind {
      switch node {
      case .scalar(let scalar): return .text(scalar.string, style(scalar.style))
      case .sequence(let sequence): return .list(sequence.map { item($0, depth: depth) })
      case .mapping(let mapping):
        return .map(mapping.map { key, value in entry(key, value, depth: depth) })
      case .alias: return .list([])
      }
    }

    private func entry(_ key: Node, _ value: Node, depth: Int) -> Item.Entry {
      let key = item(key, depth: depth)
      if case .text = key.kind {
      } else {
        findings.error("expected a key to be a word, got \(key.shape)", at: key.spot)
      }
      return Item.Entry(key: key, value: item(value, depth: depth))
    }

    private func style(_ style: Node.Scalar.Style) -> Item.Style {
      switch style {
      case .any, .plain: .plain
      case .singleQuoted, .doubleQuoted: .quoted
      case .literal, .folded: .block
      }
    }

    /// Refuses and reports nodes that are not accepted.
    private func refuse(_ node: Node, at spot: Spot) -> Bool {
      if node.anchor != nil {
        findings.error(
          "expected plain YAML, got an anchor (`&`) or an alias (`*`); write the value out, in quotes if it begins with that sign",
          at: spot)
        return true
      }
      guard file.scalar(line: spot.line, column: spot.column) == "!" else { return false }
      findings.error("expected plain YAML, got a tag (`!`); put the value in quotes", at: spot)
      return true
    }
  }
}
