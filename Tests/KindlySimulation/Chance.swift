/// Numbers by chance that are the same in every run: SplitMix64 (Steele, Lea and Flood).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// Whether something happens that does so in so many cases of a hundred.
  mutating func isTrue(_ percent: Int) -> Bool { number(in: 1...100) <= percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[number(in: 0...elements.count - 1)]
  }

  /// A number from 0 to 99 that depends on nothing but the seed and a text.
  static func percent(seed: UInt64, of text: String) -> Int {
    var chance = Chance(seed: seed)
    for byte in text.utf8 { chance.state = chance.state &* 31 &+ UInt64(byte) }
    return chance.number(in: 0...99)
  }
}
