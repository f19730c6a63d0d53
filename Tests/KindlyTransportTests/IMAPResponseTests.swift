import Testing

@testable import KindlyTransport

@Suite("IMAP responses")
struct IMAPResponseTests {
  private func responses(_ text: String) throws -> [IMAPResponse] {
    var scanner = IMAPScanner(longestLiteral: 1000)
    Array(text.utf8).withUnsafeBytes { scanner.append($0) }
    var responses: [IMAPResponse] = []
    while let next = try scanner.next() { responses.append(next) }
    return responses
  }

  @Test("hold a mail only if they hold its body, and not if they tell the flags of the same mail")
  func fetched() throws {
    let found = try responses(
      "* 5 FETCH (UID 17 BODY[]<0> {5}\r\nHello)\r\n* 5 FETCH (UID 17 FLAGS (\\Seen))\r\n"
        + "* 6 FETCH (body[] \"a \\\"b\\\"\" UID 18)\r\n* 7 FETCH (UID 19 FLAGS (BODY))\r\n"
    ).map(\.fetched)
    #expect(found.map { $0?.uid } == [17, nil, 18, nil])
    #expect(
      found.map { $0.map { String(decoding: $0.body, as: UTF8.self) } } == [
        "Hello", nil, "a \"b\"", nil,
      ])
  }
}
