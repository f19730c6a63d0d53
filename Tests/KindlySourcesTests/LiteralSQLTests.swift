import KindlyCore
import Testing

@testable import KindlySources

@Suite struct LiteralSQLTests {
  private static let other: LiteralSQL.Grammar = {
    var grammar = LiteralSQL.Grammar()
    grammar.hasEscapeStrings = true
    grammar.nestsComments = true
    grammar.hasHashComments = true
    grammar.wantsBlankAfterDashes = true
    grammar.quotes[UInt8(ascii: "[")] = UInt8(ascii: "]")
    return grammar
  }()

  @Test(
    "writes a value where a placeholder stands, and nowhere else",
    arguments: [
      ("a = :now", "a = 'it''s' "), ("a=:now-1", "a='it''s' -1"), ("':now'", "':now'"),
      ("\":now\" :n", "\":now\" (-5) "), ("a::text = :now", "a::text = 'it''s' "),
      ("-- :x\n:n", "-- :x\n(-5) "), ("/* :x */:n", "/* :x */(-5) "), ("'it''s :x'", "'it''s :x'"),
      ("12:30", nil), (":n:n", "(-5) (-5) "), ("a = :real", "a = (0.5) "), (":no", nil),
    ])
  func places(sql: String, expected: String?) {
    let parameters: [String: Value] = [
      "now": .text("it's"), "n": .integer(-5), "real": .real(0.5),
    ]
    do throws(LiteralSQL.UnknownPlaceholder) {
      #expect(try LiteralSQL(sql, LiteralSQL.Grammar()).text(parameters) == expected)
    } catch {
      #expect(expected == nil, "\(error)")
    }
  }

  @Test(
    "follows the grammar of an engine",
    arguments: [
      (#"E'it\':x' :n"#, #"E'it\':x' 5 "#), ("/* /* */ :x */ :n", "/* /* */ :x */ 5 "),
      ("# :x\n:n", "# :x\n5 "), ("1--:n", "1--5 "), ("[:x] :n", "[:x] 5 "),
      ("NAME':x'", "NAME':x'"),
    ])
  func grammars(sql: String, expected: String) throws {
    #expect(try LiteralSQL(sql, LiteralSQLTests.other).text(["n": .integer(5)]) == expected)
  }

  @Test("sees a semicolon and a question mark that are none of a text or comment")
  func marks() {
    let grammar = LiteralSQL.Grammar()
    #expect(LiteralSQL("SELECT 1; SELECT 2", grammar).hasSemicolon)
    #expect(!LiteralSQL("SELECT ';?' -- ;?", grammar).hasSemicolon)
    #expect(LiteralSQL("a = ?", grammar).hasQuestionMark)
    #expect(!LiteralSQL("SELECT ';?' /* ? */", grammar).hasQuestionMark)
  }
}
