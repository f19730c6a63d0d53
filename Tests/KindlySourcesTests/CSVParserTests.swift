import KindlyCore
import Testing

@testable import KindlySources

@Suite struct CSVParserTests {
  private func records(_ text: String) throws -> [[String]] {
    var parser = CSVParser(Array(text.utf8))
    var records: [[String]] = []
    while let record = try parser.next() {
      records.append(record.fields.map { String(decoding: $0, as: UTF8.self) })
    }
    return records
  }

  @Test(
    "takes records apart",
    arguments: [
      ("id,name\n1,Li\n2,Wang\n", [["id", "name"], ["1", "Li"], ["2", "Wang"]]),
      ("id,name\r\n1,Li", [["id", "name"], ["1", "Li"]]),
      ("id,name\r1,Li\r", [["id", "name"], ["1", "Li"]]),
      ("id,name\n\n1,\n\r\n", [["id", "name"], ["1", ""]]),
      ("id;name\n1;\"Li, Wei\"", [["id", "name"], ["1", "Li, Wei"]]),
      ("id\tname\n1\tLi,Wei", [["id", "name"], ["1", "Li,Wei"]]),
      ("\"a,b\";c\n1;2", [["a,b", "c"], ["1", "2"]]),
      (
        "id,note\n1,\"two\nlines\"\n2,\"say \"\"hi\"\"\"\n3,\"\"",
        [["id", "note"], ["1", "two\nlines"], ["2", "say \"hi\""], ["3", ""]]
      ),
      ("id,size\n1,5\" pipe", [["id", "size"], ["1", "5\" pipe"]]),
      ("id\n1\n\n2", [["id"], ["1"], ["2"]]),
      ("sep=;\r\nid;name\r\n1;a,b,c", [["id", "name"], ["1", "a,b,c"]]),
      ("SEP=|\nid|name\n1|Li", [["id", "name"], ["1", "Li"]]),
      ("sep=\nabc", [["sep="], ["abc"]]),
      ("", []),
    ])
  func takesApart(text: String, expected: [[String]]) throws {
    #expect(try records(text) == expected)
  }

  @Test("names the line in which a record begins")
  func lines() throws {
    var parser = CSVParser(Array("id,note\r\n1,\"a\r\nb\rc\"\r\n\r\n2,d".utf8))
    var lines: [Int] = []
    while let record = try parser.next() { lines.append(record.line) }
    #expect(lines == [1, 2, 6])
  }

  @Test(
    "says in which line a quote is broken",
    arguments: [
      ("id,note\n1,a\n2,\"b\n3,c\n", CSVFault(line: 3, text: "opens a quote that is never closed")),
      (
        "id,note\n1,\"a\n2,b\"c\n",
        CSVFault(
          line: 2,
          text: "opens a quote that is closed in the middle of line 3, with more text after it"
        )
      ),
      ("id\n\u{0}", CSVFault(line: 2, text: "has a zero byte, which text cannot contain")),
      ("id\n\"a\u{0}\"", CSVFault(line: 2, text: "has a zero byte, which text cannot contain")),
    ])
  func faults(text: String, fault: CSVFault) {
    #expect(throws: fault) { try records(text) }
  }

  @Test(
    "takes for a number what is written as one, and nothing else",
    arguments: [
      ("", Value.null), ("0", .integer(0)), ("42", .integer(42)), ("-7", .integer(-7)),
      ("19.90", .real(19.9)), ("-0.5", .real(-0.5)), ("13800138000", .integer(13_800_138_000)),
      ("007", .text("007")), ("+49", .text("+49")), ("-0", .text("-0")), ("1.", .text("1.")),
      (".5", .text(".5")), ("1,5", .text("1,5")), ("1e5", .text("1e5")), (" 1", .text(" 1")),
      ("1.2.3", .text("1.2.3")), ("-", .text("-")), ("2026-02-10", .text("2026-02-10")),
      ("1234567890123456789", .text("1234567890123456789")),
      ("1234567890.1234567", .text("1234567890.1234567")), ("李伟", .text("李伟")),
    ])
  func values(text: String, value: Value) {
    #expect(CSVValue.of(Array(text.utf8)[...]) == value)
  }

  @Test("gives no value for bytes that are no UTF-8")
  func noText() {
    #expect(CSVValue.of([0xC4, 0xE3]) == nil)
  }

  @Test(
    "reads the encodings of spreadsheets",
    arguments: [
      (nil, Array("\u{FEFF}id".utf8)), (nil, Array("id".utf8)),
      ("UTF-16", [0xFF, 0xFE, 0x69, 0, 0x64, 0]), ("UTF-8", Array("\u{FEFF}id".utf8)),
      ("GB18030", Array("id".utf8)),
    ] as [(String?, [UInt8])])
  func encodings(encoding: String?, bytes: [UInt8]) throws {
    #expect(try CSVEncoding.utf8(bytes, from: encoding) == Array("id".utf8))
  }

  @Test("marks bytes that are not of the encoding, so that their line can be named")
  func marksBytes() throws {
    let bytes: [UInt8] = [0x61, 0x0A, 0x62, 0x0A, 0x81]
    #expect(try CSVEncoding.utf8(bytes, from: "GB18030") == [0x61, 0x0A, 0x62, 0x0A, 0xFF])
  }

  @Test("reads Chinese in GB18030, however long")
  func chinese() throws {
    let bytes: [UInt8] = [0xC0, 0xEE, 0xCE, 0xB0, 0x0A]
    let many = Array(repeating: bytes, count: 50_000).flatMap(\.self)
    #expect(
      try CSVEncoding.utf8(many, from: "GB18030")
        == Array(String(repeating: "李伟\n", count: 50_000).utf8))
  }

  @Test(
    "says what is wrong with an encoding, and in which line",
    arguments: [
      ("KLINGON", [0x61], 1, "is configured as KLINGON, an encoding that this system cannot read"),
      (
        nil, [0xFF, 0xFE, 0x61, 0], 1, "begins like UTF-16; write `encoding: UTF-16` in the source"
      ),
    ] as [(String?, [UInt8], Int, String)])
  func wrongEncodings(encoding: String?, bytes: [UInt8], line: Int, text: String) {
    #expect(throws: CSVFault(line: line, text: text)) {
      try CSVEncoding.utf8(bytes, from: encoding)
    }
  }
}
