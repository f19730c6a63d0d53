import KindlyCore
import Testing

@testable import KindlySources

@Suite struct PlaceholderSQLTests {
  private static let other = SQLGrammar(
    hasBrackets: true, hasEscapeStrings: true, hasHashComments: true, wantsBlankAfterDashes: true,
    nestsComments: true)

  /// A time without its quotes is refused as a placeholder that nothing is given for, and not sent: SQLite would take it for
  /// one too and read it as NULL. Only PostgreSQL has the slices of arrays that look like it.
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
    do throws(PlaceholderSQL.UnknownPlaceholder) {
      #expect(try PlaceholderSQL(sql, SQLGrammar()).text(parameters) == expected)
    } catch {
      #expect(expected == nil, "\(error)")
    }
  }

  @Test("ends no text early, whatever stands behind a quote")
  func quotes() throws {
    let text = "a'\u{301} OR 1=1 --"
    let sql = try PlaceholderSQL("a = :t", SQLGrammar()).text(["t": .text(text)])
    #expect(Array(sql.utf8) == Array("a = 'a''\u{301} OR 1=1 --' ".utf8))
    #expect(Array(SQLiteDialect.quoted("a\"\u{301}b").utf8) == Array("\"a\"\"\u{301}b\"".utf8))
  }

  @Test(
    "follows the grammar of an engine",
    arguments: [
      (#"E'it\':x' :n"#, #"E'it\':x' 5 "#), ("/* /* */ :x */ :n", "/* /* */ :x */ 5 "),
      ("# :x\n:n", "# :x\n5 "), ("1--:n", "1--5 "), ("[:x] :n", "[:x] 5 "),
      ("NAME':x'", "NAME':x'"),
    ])
  func grammars(sql: String, expected: String) throws {
    #expect(try PlaceholderSQL(sql, PlaceholderSQLTests.other).text(["n": .integer(5)]) == expected)
  }

  @Test("names the placeholder that nothing was given for")
  func unknown() {
    #expect(throws: PlaceholderSQL.UnknownPlaceholder(name: ":30")) {
      try PlaceholderSQL("12:30", SQLGrammar()).text(["now": .null])
    }
  }

  @Test("sees a semicolon and a question mark that are none of a text or comment")
  func marks() {
    let grammar = SQLGrammar()
    #expect(PlaceholderSQL("SELECT 1; SELECT 2", grammar).hasSemicolon)
    #expect(!PlaceholderSQL("SELECT ';?' -- ;?", grammar).hasSemicolon)
    #expect(PlaceholderSQL("a = ?", grammar).hasQuestionMark)
    #expect(!PlaceholderSQL("SELECT ';?' /* ? */", grammar).hasQuestionMark)
  }

  #if PostgreSQL
    @Test(
      "takes no colon or dollar of PostgreSQL's own for a placeholder, whatever the way to the server",
      arguments: [
        ("tags[1:2] :n", "tags[1:2] $1", "tags[1:2] 5 "),
        ("$$it's :x$$ :n", "$$it's :x$$ $1", "$$it's :x$$ 5 "),
        ("$x$ :x $$ ; ? $x$:n", "$x$ :x $$ ; ? $x$$1", "$x$ :x $$ ; ? $x$5 "),
        ("a$b$c = :n", "a$b$c = $1", "a$b$c = 5 "),
        ("'$' || :n || '$'", "'$' || $1 || '$'", "'$' || 5  || '$'"),
        ("a::text = :n", "a::text = $1", "a::text = 5 "), (":n + :n", "$1 + $2", "5  + 5 "),
      ])
    func postgres(sql: String, numbered: String, text: String) throws {
      let statement = PlaceholderSQL(sql, PostgresDialect.grammar)
      #expect(statement.numbered == numbered)
      #expect(try statement.text(["n": .integer(5)]) == text)
      #expect(!statement.hasSemicolon && !statement.hasQuestionMark)
    }
  #endif

  #if MariaDB
    @Test("knows MariaDB's names and comments")
    func mariadb() throws {
      let statement = PlaceholderSQL("`:x` # :x;?\n-- :x\n:n--:n", MariaDBDialect.grammar)
      #expect(try statement.text(["n": .integer(-5)]) == "`:x` # :x;?\n-- :x\n(-5) --(-5) ")
      #expect(!statement.hasSemicolon && !statement.hasQuestionMark)
    }
  #endif
}
