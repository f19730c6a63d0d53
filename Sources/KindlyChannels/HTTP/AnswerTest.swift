import KindlyCore
import KindlyTransport

/// A test on an answer, as people write it: `status 200 and errcode = 0`, `status 500-599`, `body = ok`.
///
/// Conditions joined by `and` must all hold. `PATH = VALUE, VALUE` looks into the answer's JSON; `!=` is its opposite, and
/// holds only for an answer that is JSON.
struct AnswerTest: Hashable, Sendable {
  private enum Condition: Hashable, Sendable {
    case status([ClosedRange<Int>])
    case body(String)
    case json(path: String, values: [String], isWanted: Bool)
  }

  private let conditions: [Condition]

  /// What a test may look like, for errors.
  static let example = "tests such as `status 200 and errcode = 0`, `status 500-599` or `body = ok`"

  /// Nil where the text is no test.
  init?(_ text: String) {
    var conditions: [Condition] = []
    for part in text.split(separator: " and ", omittingEmptySubsequences: false) {
      guard let condition = AnswerTest.condition(part.trimmed) else { return nil }
      conditions.append(condition)
    }
    self.conditions = conditions
  }

  private static func condition(_ text: String) -> Condition? {
    if text.hasPrefix("status ") {
      let ranges = text.dropFirst("status ".count).split(separator: ",").map(range)
      let known = ranges.compactMap(\.self)
      return known.isEmpty || known.count < ranges.count ? nil : .status(known)
    }
    guard let equals = text.firstIndex(of: "=") else { return nil }
    var left = text[..<equals].trimmed
    let isWanted = left.last != "!"
    if !isWanted { left = left.dropLast().trimmed }
    let right = text[text.index(after: equals)...].trimmed
    // `==` is not the sign here, and would compare with `= …`.
    guard isPath(left), !right.isEmpty, !right.hasPrefix("=") else { return nil }
    if left == "body" { return isWanted ? .body(right) : nil }
    let values = right.split(separator: ",").map { $0.trimmed }
    return .json(path: left, values: values, isWanted: isWanted)
  }

  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.trimmed.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
      (100...599).contains(first), (first...599).contains(last)
    else { return nil }
    return first...last
  }

  private static func isPath(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
  }

  func holds(for answer: HTTPAnswer, _ json: JSONAnswer?) -> Bool {
    conditions.allSatisfy { condition in
      switch condition {
      case .status(let ranges): ranges.contains { $0.contains(answer.status) }
      case .body(let text): String(decoding: answer.body, as: UTF8.self).trimmed.isExactly(text)
      case .json(let path, let values, let isWanted):
        json.map { values.containsExactly($0.text(path) ?? "null") == isWanted } ?? false
      }
    }
  }
}
