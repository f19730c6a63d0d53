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
