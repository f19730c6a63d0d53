import KindlyCore

/// Rows of texts in aligned columns, under their headings.
struct Table {
  enum Alignment {
    case left
    case right
  }

  struct Column {
    let heading: String
    let alignment: Alignment

    init(_ heading: String, _ alignment: Alignment = .left) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  private static let gap = "  "

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Whether it has nothing but headings.
  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [String]) {
    rows.append(cells.map(OneLine.text))
  }

  /// The lines, without blanks at their ends.
  var text: String {
    let all = [columns.map(\.heading)] + rows
    let widths = columns.indices.map { column in
      all.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    return all.map { cells in
      zip(zip(cells, columns), widths).map { pair, width in
        switch pair.1.alignment {
        case .left: DisplayWidth.padded(pair.0, to: width)
        case .right: DisplayWidth.paddedLeft(pair.0, to: width)
        }
      }
      .joined(separator: Table.gap).trimmedEnd
    }
    .joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
