import KindlyCore
import KindlyReplies
import Testing

/// Mail that was written to do harm: each is read within bounds, and is nobody's reply by mistake.
@Suite("Hostile mail")
struct HostileMailTests {
  private static func reading(_ text: String) -> MailReading {
    MailReading(Array(text.utf8), optOut: OptOutWords(languages: OptOutLanguage.allCases))
  }

  @Test("a MIME bomb of nested parts is read to a depth")
  func nested() {
    var mail = "From: a@example.net\r\nSubject: hello\r\n"
    for depth in 0..<2000 {
      mail += "Content-Type: multipart/mixed; boundary=b\(depth)\r\n\r\n--b\(depth)\r\n"
    }
    mail += "Content-Type: text/plain\r\n\r\ndeep\r\n"
    #expect(HostileMailTests.reading(mail).verdict == .person(text: "", optOut: nil))
  }

  @Test("a MIME bomb of enclosed mails is read to a depth")
  func enclosed() {
    var mail = "From: MAILER-DAEMON@example.net\r\nSubject: failure notice\r\n"
    for _ in 0..<2000 { mail += "Content-Type: message/rfc822\r\n\r\n" }
    guard case .bounce = HostileMailTests.reading(mail).verdict else {
      Issue.record("expected a bounce without words")
      return
    }
  }

  @Test("a MIME bomb of very many parts is read to a number of them")
  func wide() {
    var mail = "From: a@example.net\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    for _ in 0..<20_000 { mail += "--b\r\n\r\nx\r\n" }
    guard case .person(let text, nil) = HostileMailTests.reading(mail).verdict else {
      Issue.record("expected a person's mail")
      return
    }
    #expect(text.utf8.count < 500)
  }

  @Test("very many headers, addresses, references and encoded words are read within bounds")
  func headers() {
    let id = String(repeating: "a", count: 18)
    let references = (0..<5000).map { _ in "<\(id)bc@example.com>" }.joined(separator: " ")
    let word = String(repeating: "=?utf-8?q?a?= ", count: 5000)
    let text = "From: a@example.net\r\nReferences: \(references)\r\nSubject: \(word)\r\n"
    let reading = HostileMailTests.reading(
      text + String(repeating: "X: y\r\n", count: 9000) + "\r\nhi")
    #expect(reading.references == [id + "bc"])
  }

  @Test(
    "broken mail is read as far as it goes",
    arguments: [
      "", "\r\n", "no header at all", "From: a@example.net", ": \r\n\r\n",
      "Content-Type: multipart/mixed\r\n\r\n--\r\n",
      "Content-Type: multipart/mixed; boundary=\"\r\n\r\n--\r\n",
      "Content-Transfer-Encoding: base64\r\n\r\n====",
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n=4",
      "Content-Type: text/plain; charset=utf-16\r\n\r\n\u{0}", "Subject: =?utf-8?b?\r\n\r\n",
      "Content-Type: message/delivery-status\r\n\r\nAction\r\n\r\n\r\nAction: failed",
    ])
  func broken(_ text: String) {
    // The sender is missing or the text is; neither is a person's reply to anything.
    #expect(HostileMailTests.reading(text).references.isEmpty)
  }
}
