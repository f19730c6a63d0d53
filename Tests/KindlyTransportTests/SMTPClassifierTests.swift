import CCurl
import KindlyCore
import Testing

@testable import KindlyTransport

@Suite struct SMTPClassifierTests {
  private typealias Stage = SMTPDialogue.Stage

  /// A word for each meaning an outcome can have.
  private func meaning(_ outcome: Outcome) -> String {
    switch outcome {
    case .sent: "sent"
    case .retry(let refusal):
      refusal.isChannelWide ? "host later" : refusal.retryAfter == nil ? "later" : "mailbox full"
    case .rejected(let refusal): refusal.suppressesAddress ? "suppress" : "rejected"
    case .misconfigured(let refusal): refusal.isChannelWide ? "misconfigured" : "misconfigured, one"
    case .unknown: "unknown"
    case .withdrawn: "withdrawn"
    }
  }

  @Test(
    "a reply means the same whichever server says it",
    arguments: [
      // For now.
      ("RCPT TO", "450 mailbox busy", "later"),
      ("RCPT TO", "451 4.3.0 try again", "later"),
      ("RCPT TO", "452 4.2.2 mailbox full", "mailbox full"),
      ("the final dot", "452 4.3.1 no space", "later"),
      ("RCPT TO", "421 4.4.5 too many", "host later"),
      ("RCPT TO", "421", "host later"),
      ("RCPT TO", "451 4.7.1 greylisted", "later"),
      ("RCPT TO", "450 4.7.25 come back later", "later"),
      ("the final dot", "451 4.7.1 greylisted", "later"),
      ("MAIL FROM", "451 local error", "host later"),
      ("connecting", "421 4.3.2 closing", "host later"),
      ("AUTH", "454 4.7.0 temporary failure", "host later"),
      ("EHLO", "450 4.3.2 not now", "host later"),
      // The address.
      ("RCPT TO", "550 5.1.1 <a@x>: user unknown", "suppress"),
      ("RCPT TO", "550 5.1.2 no such host", "suppress"),
      ("RCPT TO", "501 5.1.3 bad address", "suppress"),
      ("RCPT TO", "556 5.1.10 null MX", "suppress"),
      ("the final dot", "550 5.1.1 user unknown", "suppress"),
      ("RCPT TO", "550 no such user", "rejected"),
      ("RCPT TO", "550 5.1.6 moved", "rejected"),
      ("RCPT TO", "552 5.2.2 over quota", "mailbox full"),
      ("RCPT TO", "552 mailbox full", "mailbox full"),
      // An enhanced code of another class is not believed.
      ("RCPT TO", "550 4.7.1 odd", "rejected"),
      // The message.
      ("the final dot", "552 5.3.4 too big", "rejected"),
      ("MAIL FROM", "552 5.3.4 too big", "rejected"),
      ("the final dot", "552 too much mail data", "rejected"),
      ("the final dot", "554 transaction failed", "rejected"),
      ("the final dot", "554 5.6.0 bad content", "rejected"),
      ("DATA", "503 5.5.1 bad sequence", "rejected"),
      // The channel.
      ("RCPT TO", "554 5.7.1 relay access denied", "misconfigured, one"),
      ("the final dot", "550 5.7.1 spam", "misconfigured, one"),
      ("the final dot", "550 5.7.26 not authenticated", "misconfigured, one"),
      ("RCPT TO", "530 login first", "misconfigured"),
      ("AUTH", "535 5.7.8 wrong password", "misconfigured"),
      ("AUTH", "534 5.7.9 mechanism too weak", "misconfigured"),
      ("MAIL FROM", "550 5.1.1 sender unknown", "misconfigured"),
      ("RCPT TO", "550 5.1.8 bad sender", "misconfigured"),
      ("connecting", "554 no service", "misconfigured"),
      ("EHLO", "550 5.7.1 go away", "misconfigured"),
      ("STARTTLS", "500 5.5.1 what?", "misconfigured"),
    ])
  func classes(_ stage: String, _ line: String, _ expected: String) throws {
    let stage = try #require(Stage(rawValue: stage))
    let reply = try #require(SMTPReply(lines: [line]))
    let outcome = SMTPClassifier.outcome(of: reply, at: stage, hiding: "a@x")
    #expect(meaning(outcome) == expected)
    #expect(outcome.text.hasPrefix("\(stage.rawValue): \(reply.code)"))
    #expect(!outcome.text.contains("a@x"))
  }

  @Test(
    "a reply of several lines is one, with the first enhanced code that agrees",
    arguments: [
      (["250 2.0.0 done"], 250, "2.0.0", "2.0.0 done"),
      (
        ["550-5.1.1 The account", "550 5.1.1 does not exist"], 550, "5.1.1",
        "5.1.1 The account 5.1.1 does not exist"
      ),
      (["550-Please see", "550 5.7.1 the policy"], 550, "5.7.1", "Please see 5.7.1 the policy"),
      (["250"], 250, "", ""), (["550 1.2.3.4 is listed"], 550, "", "1.2.3.4 is listed"),
      (["550 5.1 odd"], 550, "", "5.1 odd"),
    ])
  func replies(_ lines: [String], _ code: Int, _ enhanced: String, _ text: String) throws {
    let reply = try #require(SMTPReply(lines: lines))
    #expect(reply.code == code)
    #expect(reply.enhanced == EnhancedStatus(enhanced[...]))
    #expect(reply.text == text)
  }

  @Test("what is not a reply is none", arguments: [[], ["hello"], ["25x no"], [""], ["２５０ wide"]])
  func noReply(_ lines: [String]) {
    #expect(SMTPReply(lines: lines) == nil)
  }

  @Test(
    "evidence is one bounded line without the address",
    arguments: [
      ("550 <li@example.com>: unknown", "550 <address> unknown"),
      ("550 user li unknown", "550 user <address> unknown"),
      ("550 user 'LI' unknown", "550 user <address> unknown"),
      ("250 queued\r\n as\t4F1", "250 queued as 4F1"),
      ("550 see\u{1B}[31m postmaster@other.example", "550 see [31m <address>"),
      ("", ""),
    ])
  func evidence(_ text: String, _ expected: String) {
    #expect(Evidence.line(text, hiding: "li@example.com") == expected)
  }

  @Test("a long answer is cut")
  func longEvidence() {
    let line = Evidence.line(String(repeating: "word ", count: 1000), hiding: "li@example.com")
    #expect(line.count == Evidence.longest)
  }
}

@Suite struct SMTPDialogueTests {
  private func dialogue(needsLogin: Bool = false, upgrades: Bool = false) -> SMTPDialogue {
    SMTPDialogue(needsLogin: needsLogin, upgrades: upgrades, isSecured: false)
  }

  /// Plays a dialogue: lines that begin with `> ` go out, `.` is the end of the message, others come in.
  private func play(_ lines: [String], on dialogue: SMTPDialogue) -> SMTPDialogue {
    var dialogue = dialogue
    for line in lines {
      if line == "." {
        dialogue.handedOver()
      } else if line.hasPrefix("> ") {
        dialogue.sent(String(line.dropFirst(2)))
      } else {
        dialogue.received(line)
      }
    }
    return dialogue
  }

  private static let upToData = [
    "220 hi", "> EHLO me", "250-sink", "250-AUTH PLAIN", "250 SMTPUTF8", "> MAIL FROM:<a@x>",
    "250 ok", "> RCPT TO:<b@x>", "250 ok", "> DATA", "354 go",
  ]

  @Test("the answer to the final dot is the verdict, and that to QUIT is not")
  func verdict() {
    let end = play(Self.upToData + [".", "250 2.0.0 taken", "> QUIT", "421 bye"], on: dialogue())
    #expect(
      end.verdict == SMTPReply(code: 250, enhanced: EnhancedStatus(2, 0, 0), text: "2.0.0 taken"))
    #expect(end.offersUTF8)
    #expect(end.offersLogin)
  }

  @Test("a reply of several lines counts when its last line has come")
  func partial() {
    let end = play(Self.upToData + [".", "250-2.0.0 almost"], on: dialogue())
    #expect(end.verdict == nil)
    #expect(end.isHandedOver)
  }

  @Test("an answer to an earlier command is never a refusal of a later one")
  func stale() {
    let end = play(Self.upToData.dropLast(2) + ["> DATA"], on: dialogue())
    #expect(end.refusal == nil)
    #expect(end.verdict == nil)
    let refused = play(
      Self.upToData.dropLast(3) + ["550 5.1.1 no", "> QUIT", "221 bye"], on: dialogue())
    #expect(refused.refusal?.stage == .recipient)
    #expect(refused.refusal?.reply.code == 550)
  }

  @Test(
    "before STARTTLS a missing AUTH is no lack, after it is",
    arguments: [
      (["220 hi", "> EHLO me", "250-sink", "250 STARTTLS"], true, false),
      (["220 hi", "> EHLO me", "250 sink"], false, true),
      (["220 hi", "> EHLO me", "250-sink"], false, false),
      (["220 hi", "> EHLO me", "250-sink", "250 auth login"], false, false),
      (["220 hi", "> EHLO me", "250 AUTH=LOGIN"], false, false),
      (
        [
          "220 hi", "> EHLO me", "250-sink", "250-AUTH PLAIN", "250 STARTTLS", "> STARTTLS",
          "220 go", "> EHLO me", "250 sink",
        ], true, true
      ),
      (
        [
          "220 hi", "> EHLO me", "250 STARTTLS", "> STARTTLS", "220 go", "> EHLO me",
          "250 AUTH PLAIN",
        ], true, false
      ),
    ])
  func login(_ lines: [String], _ upgrades: Bool, _ lacks: Bool) {
    #expect(play(lines, on: dialogue(needsLogin: true, upgrades: upgrades)).lacksLogin == lacks)
    #expect(!play(lines, on: dialogue(upgrades: upgrades)).lacksLogin)
  }

  @Test("a login's answers that look like commands are none")
  func base64() {
    let end = play(
      [
        "220 hi", "> EHLO me", "250 AUTH LOGIN", "> AUTH LOGIN", "334 x", "> DATA", "334 y",
        "> QUIT", "535 no",
      ],
      on: dialogue(needsLogin: true))
    #expect(end.refusal?.stage == .login)
    #expect(!end.isQuitting)
  }

  @Test(
    "a next mail on the same connection knows what the server can, and nothing of the mail before")
  func nextMail() {
    var next = play(Self.upToData + [".", "250 taken"], on: dialogue())
    next.begin()
    #expect(next.verdict == nil)
    #expect(next.offersUTF8)
    #expect(!next.isHandedOver)
  }
}

@Suite struct SMTPEndingTests {
  private func ending(_ code: CURLcode, _ lines: [String], end: Bool = false) -> SMTPEnding {
    var dialogue = SMTPDialogue(needsLogin: false, upgrades: false, isSecured: false)
    for line in lines {
      if line.hasPrefix("> ") {
        dialogue.sent(String(line.dropFirst(2)))
      } else {
        dialogue.received(line)
      }
    }
    if end { dialogue.handedOver() }
    return SMTPEnding(
      code: code, words: "what libcurl says", dialogue: dialogue, host: "relay", recipient: "b@x")
  }

  @Test(
    "without an answer the code decides, and only before the hand-over is it certain",
    arguments: [
      (CURLE_COULDNT_RESOLVE_HOST, "retry"), (CURLE_COULDNT_CONNECT, "retry"),
      (CURLE_OPERATION_TIMEDOUT, "retry"), (CURLE_SSL_CONNECT_ERROR, "retry"),
      (CURLE_PEER_FAILED_VERIFICATION, "misconfigured"), (CURLE_USE_SSL_FAILED, "misconfigured"),
      (CURLE_LOGIN_DENIED, "misconfigured"), (CURLE_URL_MALFORMAT, "misconfigured"),
    ])
  func codes(_ code: CURLcode, _ word: String) {
    let outcome = ending(code, []).outcome
    #expect(outcome.word == word)
    #expect(outcome.refusal?.isChannelWide == true)
  }

  @Test("an accepted mail stays sent, whatever libcurl stumbled over afterwards")
  func acceptedAnyway() {
    let lines = ["> RCPT TO:<b@x>", "250 ok", "> DATA", "354 go"]
    var dialogue = ending(CURLE_OK, lines, end: true).dialogue
    dialogue.received("250 2.0.0 taken")
    let outcome = SMTPEnding(
      code: CURLE_ABORTED_BY_CALLBACK, words: "", dialogue: dialogue, host: "relay",
      recipient: "b@x"
    ).outcome
    #expect(outcome == .sent(evidence: "250 2.0.0 taken"))
  }

  @Test("only an untouched mail may be tried again at once on another connection")
  func lostConnection() {
    #expect(ending(CURLE_RECV_ERROR, ["> MAIL FROM:<a@x>"]).isLostConnection)
    #expect(ending(CURLE_SEND_ERROR, ["> MAIL FROM:<a@x>", "421 idle"]).isLostConnection)
    #expect(!ending(CURLE_SEND_ERROR, ["> MAIL FROM:<a@x>", "451 busy"]).isLostConnection)
    let toData = ["> RCPT TO:<b@x>", "250 ok", "> DATA", "354 go"]
    #expect(!ending(CURLE_RECV_ERROR, toData).isLostConnection)
    #expect(!ending(CURLE_RECV_ERROR, toData, end: true).isLostConnection)
  }
}
