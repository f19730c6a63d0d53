/// One unfolded line of an iCalendar file, RFC 5545, section 3.1.
struct ICalendarLine {
  /// In upper case: `DTSTART`.
  let name: String
  /// As `VALUE=DATE`, names in upper case.
  let parameters: [(name: String, value: String)]
  let value: String
  /// Where it begins in the file, from 1.
  let number: Int
  /// The offset of its first byte in the file.
  let start: Int
  /// The offset in the file at which its value begins; if the line is folded before it, in a continuation.
  let valueStart: Int

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
    var places = TextPlaces(bytes)
    var pending: UnfoldedLine?
    for (index, part) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      let line = part.last == 0x0D ? part.dropLast() : part
      if line.first == 0x20 || line.first == 0x09, pending != nil {
        pending?.append(line.dropFirst())
        continue
      }
      if let pending { take(pending, &places) }
      pending = UnfoldedLine(line, number: index + 1)
    }
    if let pending { take(pending, &places) }
  }

  private mutating func take(_ unfolded: UnfoldedLine, _ places: inout TextPlaces) {
    guard !unfolded.bytes.isEmpty, problems.count < CalendarFile.mostProblems else { return }
    guard let text = String(validating: unfolded.bytes, as: UTF8.self) else {
      let place = places.place(of: unfolded.start)
      problems.append(
        CalendarFileProblem(expected: "text in UTF-8", got: "other bytes", at: place))
      return
    }
    guard let line = ICalendarLine(text, unfolded) else {
      let place = places.place(of: unfolded.start)
      problems.append(
        CalendarFileProblem(
          expected: "a line such as DTSTART;VALUE=DATE:20260101",
          got: "`\(CalendarFile.shown(text))`", at: place))
      return
    }
    lines.append(line)
  }
}

/// The bytes of a line without its folds, and where they are in the file.
private struct UnfoldedLine {
  /// The line of the file on which it begins, from 1.
  let number: Int
  private(set) var bytes: [UInt8]
  /// For each line of the file that belongs to it: the index in `bytes` of the first byte, and its offset in the file.
  private var parts: [(index: Int, offset: Int)]

  init(_ line: ArraySlice<UInt8>, number: Int) {
    self.number = number
    bytes = Array(line)
    parts = [(0, line.startIndex)]
  }

  /// Adds what a continuation has after its first blank.
  mutating func append(_ continuation: ArraySlice<UInt8>) {
    parts.append((bytes.count, continuation.startIndex))
    bytes.append(contentsOf: continuation)
  }

  /// The offset of the first byte in the file.
  var start: Int { offset(of: 0) }

  /// The offset in the file of the byte at an index.
  func offset(of index: Int) -> Int {
    // There is always a first part, at index 0.
    guard let part = parts.last(where: { $0.index <= index }) else { return index }
    return part.offset + index - part.index
  }
}

extension ICalendarLine {
  /// Nil where the text is no content line.
  ///
  /// - Parameter text: the bytes of the line, decoded.
  fileprivate init?(_ text: String, _ unfolded: UnfoldedLine) {
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
    let valueIndex = scalars.index(after: index)
    value = String(scalars[valueIndex...])
    number = unfolded.number
    start = unfolded.start
    valueStart = unfolded.offset(
      of: text.utf8.distance(from: text.utf8.startIndex, to: valueIndex))
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
