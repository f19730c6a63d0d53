/// One file of the configuration as it was read.
final class SourceFile {
  let path: String
  let text: String
  /// The lines as Unicode scalars, in which YAML counts its columns; without line ends.
  let lines: [[Unicode.Scalar]]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.last == "\r" ? Array($0.dropLast()) : Array($0)
    }
  }

  /// The line of that number, counted from one; empty where there is none.
  func line(_ number: Int) -> [Unicode.Scalar] {
    lines.indices.contains(number - 1) ? lines[number - 1] : []
  }

  func lineText(_ number: Int) -> String { SourceFile.string(line(number)) }

  func scalar(line number: Int, column: Int) -> Unicode.Scalar? {
    let scalars = line(number)
    return scalars.indices.contains(column - 1) ? scalars[column - 1] : nil
  }

  func spot(line: Int, column: Int) -> Spot { Spot(file: path, line: line, column: column) }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
