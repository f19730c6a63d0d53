import Testing

@testable import KindlyCore

@Suite("JSON of column values")
struct JSONTextTests {
  @Test(
    "a flat object is read in one pass, as we and as databases write it",
    arguments: [
      ("{}", [:]),
      (
        "{\"id\":7,\"name\":\"李伟\",\"phone\":null}",
        ["id": .integer(7), "name": .text("李伟"), "phone": .null]
      ),
      ("{\"id\": 7, \"name\": \"a, b: c\"}", ["id": .integer(7), "name": .text("a, b: c")]),
      (
        "{\"least\":-9223372036854775808,\"zero\":0}",
        ["least": .integer(.min), "zero": .integer(0)]
      ),
    ] as [(String, RowValues)])
  func flat(text: String, values: RowValues) {
    #expect(FlatJSON.values(inObject: text) == values)
    #expect(JSONText.values(inObject: text) == values)
  }

  @Test(
    "what is rare is left to the general parser",
    arguments: [
      ("{\"price\": 19.9}", ["price": .real(19.9)]),
      ("{\"text\":\"a\\n\\u674e\"}", ["text": .text("a\n李")]),
      ("{ \"a\":1 }", ["a": .integer(1)]),
      ("{\"a\" : 1,\n\"b\":2}", ["a": .integer(1), "b": .integer(2)]),
      ("{\"yes\":true}", ["yes": .integer(1)]),
      ("{\"a\":9223372036854775808}", ["a": .real(9_223_372_036_854_775_808)]),
      ("{\"a\":01}", nil), ("{\"a\":1}x", nil), ("{\"a\"", nil), ("", nil),
      ("[1]", nil), ("{\"a\":{}}", nil),
    ] as [(String, RowValues?)])
  func rare(text: String, values: RowValues?) {
    #expect(FlatJSON.values(inObject: text) == nil)
    #expect(JSONText.values(inObject: text) == values)
  }

  @Test(
    "an array of strings is read in either way",
    arguments: [
      ("[]", []), ("[\"42\"]", ["42"]), ("[\"a\", \"b\"]", ["a", "b"]), ("[\"\\\"\"]", ["\""]),
      ("[1]", nil), ("[\"a\"", nil),
    ] as [(String, [String]?)])
  func strings(text: String, strings: [String]?) {
    #expect(JSONText.strings(inArray: text) == strings)
  }

  @Test("what is written is read back the same")
  func back() {
    let values: RowValues = [
      "a": .text("\"\\\u{1}\n 你"), "b": .integer(.max), "c": .real(0.1), "d": .null,
    ]
    #expect(JSONText.values(inObject: JSONText.object(values)) == values)
  }
}
