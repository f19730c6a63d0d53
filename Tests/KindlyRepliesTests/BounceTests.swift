import Foundation
import KindlyCore
import KindlyReplies
import KindlyTestKit
import Testing

@Suite("Bounces")
struct BounceTests {
  /// A mail of flufl.bounce's tests, with what that package makes of it.
  struct Sample: Decodable, Sendable {
    let name: String
    let mail: Data
    let temporary: [String]
    let permanent: [String]
  }

  private static func samples() throws -> [Sample] {
    try PythonScript.output(of: "bounce_oracle.py", reading: []).split(separator: 0x0A)
      .map { try JSONDecoder().decode(Sample.self, from: $0) }
  }

  private static func reading(_ bytes: [UInt8]) -> MailReading {
    MailReading(bytes, optOut: OptOutWords(languages: [.english]))
  }

  @Test(
    "of the 117 bounces of flufl.bounce's tests, every one is recognised that the package recognises"
  )
  func oracle() throws {
    let samples = try BounceTests.samples()
    #expect(samples.count == 117)
    var withAddress = 0
    var recognisedByPackage = 0
    for sample in samples {
      let verdict = BounceTests.reading(Array(sample.mail)).verdict
      guard !(sample.temporary + sample.permanent).isEmpty else { continue }
      recognisedByPackage += 1
      guard case .bounce(let bounce) = verdict else {
        Issue.record("\(sample.name) is a bounce, and was read as \(verdict)")
        continue
      }
      #expect((bounce.kind == .delayed) == sample.permanent.isEmpty, "\(sample.name): \(bounce)")
      let found = Set(texts: bounce.recipients.map { $0.lowercased() })
      let named = (sample.temporary + sample.permanent).map { $0.lowercased() }
      if named.allSatisfy(found.contains) { withAddress += 1 }
    }
    #expect(recognisedByPackage == 112)
    // The others name no domain, or the domain of another time.
    #expect(withAddress >= 109)
  }

  @Test(
    "the status of a report tells an address that does not exist from one that may work again",
    arguments: [
      ("5.1.1", "user unknown", BounceKind.hard), ("5.4.4", "unable to route", .hard),
      ("5.2.2", "mailbox full", .soft), ("4.4.7", "delivery time expired", .soft),
      ("5.7.1", "blocked as spam", .refused), ("5.1.8", "bad sender", .refused),
      ("5.0.0", "550 5.1.1 no such user", .hard), ("5.0.0", "550 no such user here", .hard),
      ("5.0.0", "something went wrong", .soft),
    ])
  func status(_ status: String, _ words: String, _ kind: BounceKind) {
    let reading = BounceTests.reading(BounceTests.report(status: status, words: words))
    guard case .bounce(let bounce) = reading.verdict else {
      Issue.record("expected a bounce")
      return
    }
    #expect(bounce.kind == kind)
    #expect(bounce.recipients == ["wang@example.com"])
    #expect(reading.references == [MailFixture.id])
  }

  @Test(
    "a person who is called system administrator is believed to be one, unless the mail was returned",
    arguments: [true, false])
  func administrator(_ isAnswer: Bool) {
    let answer = isAnswer ? "In-Reply-To: \(MailFixture.messageID)" : "Return-Path: <>"
    let reading = BounceTests.reading(
      Array(
        """
        From: System Administrator <it@customer.example>
        To: care@example.com
        Subject: Re: Your trial ends
        \(answer)

        This user does not exist any more, please ask Mr Jones.
        """.utf8))
    let text = "This user does not exist any more, please ask Mr Jones."
    if isAnswer {
      #expect(reading.verdict == .person(text: text, optOut: nil))
    } else {
      #expect(
        reading.verdict
          == .bounce(Bounce(kind: .hard, status: nil, text: text, recipients: [])))
    }
  }

  private static func report(status: String, words: String) -> [UInt8] {
    Array(
      """
      From: MAILER-DAEMON@mx.example.com
      To: care@example.com
      Subject: Undelivered Mail Returned to Sender
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"

      --b
      Content-Type: text/plain

      The mail system
      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.example.com

      Final-Recipient: rfc822; wang@example.com
      Action: failed
      Status: \(status)
      Diagnostic-Code: smtp; \(words)
      --b
      Content-Type: text/rfc822-headers

      Subject: Your trial ends
      Message-ID: <\(MailFixture.id)@example.com>
      --b--
      """.utf8)
  }
}
