/// Writes texts so that Kindly's configuration reads them back as they are.
enum ConfigurationText {
  /// A name for a source, watch or rule, from the name of something else; empty where nothing is left of it.
  static func name(_ text: String) -> String {
    var name = ""
    for letter in text {
      if letter.isLetter || letter.isNumber || letter == "_" || letter == "." && !name.isEmpty {
        name.append(letter)
      } else if !name.isEmpty, name.last != "-" {
        name.append("-")
      }
    }
    name = String(name.drop { !$0.isLetter && !$0.isNumber }.prefix(64))
    while name.last == "-" { name.removeLast() }
    return name
  }

  /// A value, in quotes where YAML would take it for something else; also within `{ … }`.
  static func value(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  /// One value, or a list of several.
  static func list(_ texts: [String]) -> String {
    texts.count == 1 ? value(texts[0]) : "[" + texts.map(value).joined(separator: ", ") + "]"
  }

  /// Letters, digits and what has no meaning between them; a blank only within.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first.isNumber || "_/(".contains(first),
      text.last != " ", !["null", "~"].contains(text.lowercased())
    else { return false }
    return text.allSatisfy { $0.isLetter || $0.isNumber || " _-./@+<>=()".contains($0) }
  }

  /// The double-quoted style of YAML 1.2, 7.3.1.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default:
        let isControl = scalar.properties.generalCategory == .control
        quoted +=
          isControl
          ? "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
          : String(scalar)
      }
    }
    return quoted + "\""
  }
}
