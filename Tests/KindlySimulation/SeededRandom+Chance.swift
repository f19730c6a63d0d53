import KindlyTestKit

extension SeededRandom {
  /// Whether something happens that has this chance in percent.
  mutating func isTrue(_ percent: Int) -> Bool { number(in: 1...100) <= percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[number(in: 0...elements.count - 1)]
  }

  /// A number from 0 to 99 that depends on nothing but the seed and a text.
  static func percent(seed: UInt64, of text: String) -> Int {
    var random = SeededRandom(seed: text.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    return random.number(in: 0...99)
  }
}
