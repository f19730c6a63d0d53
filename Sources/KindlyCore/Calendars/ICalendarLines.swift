/// One unfolded line of an iCalendar file, RFC 5545, section 3.1.
struct ICalendarLine {
  /// In upper case: `DTSTART`.
  let name: String
  /// As `VALUE=DATE`, names in upper case.
  let parameters: [(name: String, value: String)]
  let value: String
  /// Where it begins in the file, from 1.
  let number: Int

  func parameter(_ name: String) -> String? {
    parameters.first { $0.name.isExactly(name) }?.value
  }
}

/// The lines of an iCalendar file, joined where they are folded.
struct ICalendarLines {
  private(set) var lines: [ICalendarLine] = []
  private(set) var problems: [CalendarFileProblem] = []

  init(_ bytes: ArraySlice<UInt8>) {
    // Unfolded before it is decoded, because a fold may stand within the bytes of one character.
    var pending: [UInt8] = []
    var start = 0
    for (index, part) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      let line = part.last == 0x0D ? part.dropLast() : part
      if line.first == 0x20 || line.first == 0x09, start > 0 {
        pending.append(contentsOf: line.dropFirst())
        continue
      }
      take(pending, number: start)
      pending = Array(line)
      start = index + 1
    }
    take(pending, number: start)
  }

  private mutating func take(_ bytes: [UInt8], number: Int) {
    guard !bytes.isEmpty, problems.count < CalendarFile.mostProblems else { return }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      problems.append(
        CalendarFileProblem(expected: "text in UTF-8", got: "other bytes", line: number))
      return
    }
    guard let line = ICalendarLine(text, number: number) else {
      problems.append(
        CalendarFileProblem(
          expected: "a line such as DTSTART;VALUE=DATE:20260101",
          got: "`\(CalendarFile.shown(text))`", line: number))
      return
    }
    lines.append(line)
  }
}

extension ICalendarLine {
  /// Nil where the text is no content line.
  fileprivate init?(_ text: String, number: Int) {
    let scalars = text.unicodeScalars
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var isQuoted = false
    var index = scalars.startIndex
    while index < scalars.endIndex, isQuoted || scalars[index] != ":" {
      let scalar = scalars[index]
      index = scalars.index(after: index)
      if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == ";", !isQuoted {
        parts.append(String(part))
        part = String.UnicodeScalarView()
      } else {
        part.append(scalar)
      }
    }
    guard index < scalars.endIndex else { return nil }
    parts.append(String(part))
    let name = parts[0]
    let isName =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-")
          || byte < 0x80
            && (Character(Unicode.Scalar(byte)).isLetter
              || Character(Unicode.Scalar(byte)).isNumber)
      }
    guard isName else { return nil }
    self.name = name.uppercased()
    parameters = parts.dropFirst().map { parameter in
      let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (sides[0].uppercased(), sides.count == 2 ? String(sides[1]) : "")
    }
    value = String(scalars[scalars.index(after: index)...])
    self.number = number
  }

  /// The value as text, with its escapes resolved, RFC 5545, section 3.3.11.
  var text: String {
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in value.unicodeScalars {
      if isEscaped {
        text.append(scalar == "n" || scalar == "N" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
