import KindlyCore
import Testing

@Suite("Row keys")
struct RowKeyTests {
  @Test(
    "a key gives back the columns it was made of, whatever is in them",
    arguments: [
      [], ["42"], ["7", "2026"], [""], ["", ""], ["张三", "é"], ["a\"b"], ["a\\b", "c"],
      ["line\nbreak\ttab"], ["\u{1}"], ["]", "[", ","],
    ])
  func roundTrip(_ columns: [String]) {
    let key = RowKey(columns.map(Value.text))
    #expect(key?.columns == columns)
    #expect(key?.description == columns.joined(separator: ","))
  }

  @Test(
    "a whole number is the same key, whether its column holds integers or fractions",
    arguments: [(42, "42"), (-7, "-7"), (0, "0"), (1e15, "1000000000000000"), (2.5, "2.5")])
  func number(_ number: Double, _ text: String) {
    #expect(RowKey([.real(number)])?.columns == [text])
  }

  @Test(
    "what is no array of strings has no columns",
    arguments: ["", "[", "42", "[42]", "[\"a\"", "[\"a\"]x", "[\"a\" \"b\"]", "{}"])
  func noKey(_ text: String) {
    #expect(RowKey(canonical: text).columns == [])
  }

  @Test("white space and escapes are read as JSON reads them")
  func generalForms() {
    #expect(RowKey(canonical: #"[ "a" , "b\u0041" ]"#).columns == ["a", "bA"])
  }
}

@Suite("Texts from outside")
struct ExactTextTests {
  static let lookalikes = [
    ("Andr\u{E9}", "Andre\u{301}"), ("\u{795E}", "\u{FA19}"), ("K", "\u{212A}"), ("A12", "A12 "),
  ]

  @Test("texts with other bytes are other keys, values and names", arguments: lookalikes)
  func areApart(first: String, second: String) {
    #expect(RowKey([.text(first)]) != RowKey([.text(second)]))
    #expect(Set([Value.text(first), .text(second)]).count == 2)
    #expect(Set([RowKey([.text(first)]), RowKey([.text(second)])]).count == 2)
    var row: RowValues = [:]
    row[first] = .integer(1)
    row[second] = .integer(2)
    #expect(row[first] == .integer(1))
    #expect(JSONText.values(inObject: JSONText.object(row)) == row)
  }

  @Test("keys and names are sorted by their bytes")
  func order() {
    let texts = ["Andr\u{E9}", "Andre\u{301}", "B", "a", "\u{795E}", "\u{1F600}"]
    let byBytes = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    // Compared as bytes, because `==` takes the first two texts for equal.
    func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
    #expect(bytes(texts.sortedExactly) == bytes(byBytes))
    #expect(bytes(texts.map { ExactText($0) }.sorted().map(\.string)) == bytes(byBytes))
    let keys = texts.compactMap { RowKey([.text($0)]) }.sorted()
    #expect(bytes(keys.map(\.description)) == bytes(byBytes))
  }
}
