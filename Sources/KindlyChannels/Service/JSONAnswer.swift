import Foundation
import KindlyCore
import KindlyTransport

/// The JSON of an answer, read by paths.
struct JSONAnswer: Sendable {
  /// A value of JSON; numbers keep their digits as far as a double has them.
  enum Node: Hashable, Sendable, Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Node])
    case object([ExactText: Node])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {  // or another type
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {  // or another type
        self = .number(number)
      } else if let text = try? container.decode(String.self) {  // or another type
        self = .text(text)
      } else if let list = try? container.decode([Node].self) {  // or another type
        self = .list(list)
      } else {
        self = .object(try container.decode([ExactText: Node].self))
      }
    }
  }

  let root: Node

  /// The JSON of a whole answer; nil where it is none.
  init?(_ answer: HTTPAnswer) {
    guard answer.isWhole else { return nil }
    self.init(bytes: answer.body)
  }

  init?(bytes: [UInt8]) {
    // Losing the parser's error is right: the caller shows the answer itself. The parser refuses deep nesting.
    guard let root = try? JSONDecoder().decode(Node.self, from: Data(bytes)) else { return nil }
    self.root = root
  }

  /// The value at a path such as `Response.SendStatusSet.0.Code`; nil where there is none.
  func node(_ path: String) -> Node? {
    path.split(separator: ".").reduce(Optional(root)) { node, name in
      switch node {
      case .object(let members): members[ExactText(String(name))]
      case .list(let items): Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil }
      case .null, .flag, .number, .text, nil: nil
      }
    }
  }

  /// The text, number or flag at a path, as text.
  func text(_ path: String) -> String? { node(path)?.scalar }

  /// The whole number at a path, which some services write as a text.
  func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }
}

extension JSONAnswer.Node {
  /// A text, number or flag as text; nil for anything else.
  var scalar: String? {
    switch self {
    case .text(let text): text
    case .number(let number):
      // Every whole number that a double holds exactly.
      number == number.rounded() && number.magnitude < 9_007_199_254_740_992
        ? String(Int(number)) : String(number)
    case .flag(let flag): flag ? "true" : "false"
    case .null, .list, .object: nil
    }
  }
}
