import KindlyCore
import Testing

@testable import KindlySources

@Suite("What a database's message quotes") struct QuotedPartsTests {
  private static let sql = """
    SELECT this."id" FROM public."t" AS this WHERE (stauts = 'x')
    """

  @Test(
    "stays where the statement holds it, and is left out where it comes from a row",
    arguments: [
      ("column \"stauts\" does not exist", "column \"stauts\" does not exist"),
      ("near \"=\": syntax error", "near \"=\": syntax error"),
      ("Table 'crm.t' doesn't exist", "Table 'crm.t' doesn't exist"),
      ("column \"Stauts\" of \"t\" is gone", "column \"Stauts\" of \"t\" is gone"),
      ("integer overflow", "integer overflow"),
      ("relation \"anna muster\" does not exist", "relation … does not exist"),
      ("value 'Anna 'x' Muster' to int", "value … to int"),
      ("»Anna« ist kein Datum", "… ist kein Datum"),
      ("a value of \"stauts\" is \"Anna\" now", "a value of … now"),
      ("cut off: 'Anna Mus", "cut off: …"),
      ("column \"anna.com\" is gone", "column … is gone"),
    ])
  func masks(message: String, told: String) {
    #expect(QuotedParts.masked(message, asking: QuotedPartsTests.sql) == told)
  }

  @Test("a statement's literals hold no names")
  func literals() {
    let names = QuotedParts.withoutLiterals(
      "SELECT x FROM t WHERE n = 'it''s Anna' AND m = 'Muster'")
    #expect(names.contains("FROM t WHERE n =") && names.contains("AND m ="))
    #expect(!names.contains("Anna") && !names.contains("Muster") && !names.contains("it"))
  }
}
