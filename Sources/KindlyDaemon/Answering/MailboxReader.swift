import Crypto
import KindlyConfig
package import KindlyCore
import KindlyReplies
import KindlyTransport
package import Logging

/// Reads the mailbox that replies and bounces come to, and records what they say.
///
/// The ledger commits what a mail says together with the position behind it, and only then is the mail flagged or
/// moved. So a crash at any point loses nothing, and a mail that is read twice changes nothing the second time.
package actor MailboxReader {
  private let current: CurrentGeneration
  private let ledger: any AnswerLedger
  private let health: Health
  private let log: Logger
  private var open: (account: IMAPAccount, client: any IncomingMailbox)?
  /// Whether the last attempt failed in a way that may pass; the second one in a row is a problem.
  private var isDoubtful = false
  /// How many mails are asked for at once. A fault makes it one: so the mails before one that cannot be read are read,
  /// and that one is found.
  private var width = MailboxReader.batch
  /// The mail that could not be read, until a mail can be read again.
  private var stuck: MailboxPosition?

  /// How many mails are read at once; large mails are fewer, because the mailbox also bounds their bytes.
  package static let batch = 400
  /// How many mails in a row may be skipped; a server that hands out none of so many is broken itself.
  private static let mostSkipped = 10

  package init(
    current: CurrentGeneration, ledger: any AnswerLedger, health: Health, log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.log = log
  }

  /// What one reading came to.
  package struct Summary: Hashable, Sendable {
    /// How many mails were read.
    package var mails = 0
    package var bounces = 0
    package var replies = 0
    /// How many addresses are not written to any more, for marketing at least.
    package var suppressed = 0
    /// How many open reminders ended because the customer answered.
    package var ended = 0
    /// Whether more mails wait to be read.
    package var hasMore = false
    /// When the mailbox is read next; nil where none is configured.
    package var poll: Duration?

    package init() {}
  }

  /// Reads the next mails.
  package func runOnce(now: Instant) async throws -> Summary {
    let generation = current.value
    guard let setting = generation.answers else {
      await close()
      return Summary()
    }
    var summary = Summary()
    summary.poll = setting.settings.poll
    let client = await client(of: setting.account)
    do {
      try await read(setting, client, &summary, now: now)
      isDoubtful = false
      if health.recordRecovery(of: .mailbox) { log.notice("the mailbox can be read again") }
    } catch let fault as MailboxFault {
      report(fault)
    }
    tell(summary)
    return summary
  }

  /// Breaks off what is in progress; the next reading opens the mailbox again.
  package func close() async {
    let client = open?.client
    open = nil
    await client?.close()
  }

  private func client(of account: IMAPAccount) async -> any IncomingMailbox {
    if let open, open.account == account { return open.client }
    await close()
    let client = IMAPClient(account)
    open = (account, client)
    width = MailboxReader.batch
    stuck = nil
    return client
  }

  // MARK: Reading

  private func read(
    _ setting: AnswerSetting, _ client: any IncomingMailbox, _ summary: inout Summary,
    now: Instant
  ) async throws {
    let settings = setting.settings
    let account = setting.account.identity
    let stored = try await ledger.mailboxPosition()
    // The numbers of another mailbox say nothing about this one.
    let position = stored.flatMap { ($0.account ?? account) == account ? $0 : nil }
    let look = try await look(behind: position, client)
    summary.hasMore = look.hasMore
    let next = MailboxPosition(account: account, validity: look.validity, uid: look.through)
    if next != position {
      let words = OptOutWords(languages: settings.optOut)
      let mails = look.mails.map { MailboxReader.judged($0, words) }
      let outcomes = try await ledger.record(
        mails, through: next, marking: settings.done != nil, now: now)
      count(mails, outcomes, in: &summary)
    }
    // Last, with what was recorded before a crash: a folder that is missing must not stop the reading.
    try await mark(settings.done, in: look.validity, client)
  }

  /// The next mails. If the first of them could not be read in the last attempt and still cannot be, the one behind it.
  private func look(
    behind position: MailboxPosition?, _ client: any IncomingMailbox
  ) async throws -> MailboxLook {
    do throws(MailboxFault) {
      let look = try await client.look(
        after: position?.uid ?? 0, validity: position?.validity, count: width,
        bytes: MailLimits.mostBytes, deadline: MailboxAssembly.deadline)
      width = min(width * 2, MailboxReader.batch)
      stuck = nil
      return look
    } catch {
      width = 1
      guard case .unreadable(let uid, let validity, _) = error else { throw error }
      let mail = MailboxPosition(validity: validity, uid: uid)
      guard stuck == mail else {
        stuck = mail
        throw error
      }
      return try await skip(error, client)
    }
  }

  /// Skips mails that cannot be read, and returns the one behind them.
  ///
  /// Throws the fault if there is none: then nothing is held up, or the server hands out no mail at all.
  private func skip(
    _ fault: MailboxFault, _ client: any IncomingMailbox
  ) async throws -> MailboxLook {
    var faults = [fault]
    while case .unreadable(let uid, let validity, _)? = faults.last,
      faults.count <= MailboxReader.mostSkipped
    {
      // A server that hangs on each of them makes this a long turn.
      try LongTurn.goOn()
      let look: MailboxLook
      do throws(MailboxFault) {
        look = try await client.look(
          after: uid, validity: validity, count: 1, bytes: MailLimits.mostBytes,
          deadline: MailboxAssembly.deadline)
      } catch {
        faults.append(error)
        continue
      }
      guard !look.mails.isEmpty else { break }
      for fault in faults {
        log.error(
          "the mailbox: \(fault.text); Kindly skips it and leaves it in the folder; read it with a mail program"
        )
      }
      stuck = nil
      return look
    }
    throw fault
  }

  private func mark(
    _ mark: MailMark?, in validity: UInt32, _ client: any IncomingMailbox
  ) async throws {
    let mails = try await ledger.unmarkedMails()
    guard !mails.isEmpty else { return }
    if let mark {
      try await client.mark(mails, validity: validity, mark, deadline: MailboxAssembly.deadline)
    }
    try await ledger.noteMarked(mails)
  }

  private static func judged(_ mail: MailboxMail, _ words: OptOutWords) -> ReadMail {
    let reading = MailReading(mail.bytes, optOut: words)
    var recipients: [String] = []
    if case .bounce(let bounce) = reading.verdict { recipients = bounce.recipients }
    let content: AnswerContent =
      switch reading.verdict {
      case .bounce(let bounce) where bounce.kind == .delayed: .nothing
      case .bounce(let bounce):
        .bounce(
          bounce.kind, status: bounce.status,
          text: Mask(bounce.recipients.map { (text: $0, stand: .address) }).line(
            Evidence.line(bounce.text, hiding: "")))
      case .complaint: .reply(.complaint, text: "")
      case .automatic: .nothing
      case .person(let text, nil): .reply(.reply, text: text)
      case .person(let text, .certain?): .reply(.optOut, text: text)
      case .person(let text, .ifMarketing?): .optOutIfMarketing(text: text)
      }
    return ReadMail(
      uid: mail.uid, hash: Array(SHA256.hash(data: mail.bytes)), references: reading.references,
      content: content, recipients: recipients)
  }

  // MARK: Telling

  private func count(_ mails: [ReadMail], _ outcomes: [AnswerOutcome], in summary: inout Summary) {
    summary.mails = mails.count
    for (mail, outcome) in zip(mails, outcomes) {
      guard case .recorded(let recorded) = outcome else { continue }
      switch mail.content {
      case .bounce(let kind, let status, _):
        summary.bounces += 1
        tell(recorded, "\(kind.word) bounce\(status.map { " (\($0))" } ?? "")")
      case .reply(let kind, _):
        summary.replies += 1
        tell(recorded, recorded.isByColleague ? "a colleague's reply" : kind.word)
      case .optOutIfMarketing:
        summary.replies += 1
        tell(recorded, recorded.isByColleague ? "a colleague's reply" : AnswerKind.reply.word)
      case .nothing: break
      }
      if recorded.suppressed != nil { summary.suppressed += 1 }
      summary.ended += recorded.ended
    }
  }

  private func tell(_ recorded: AnswerOutcome.Recorded, _ what: String) {
    let customer = recorded.customer.map { "customer \($0), " } ?? ""
    var text = "\(customer)rule \(recorded.rule): \(what) to reminder number \(recorded.reminder)"
    switch recorded.suppressed {
    case .everything: text += "; nothing more is sent to this address"
    case .marketing: text += "; no marketing is sent to this address any more"
    case nil: break
    }
    if recorded.ended > 0 {
      text += "; \(counted(recorded.ended, "open reminder")) of the row ended"
    }
    log.notice(
      "\(text)",
      metadata: recorded.customer.map { ["customer": "\($0)"] } ?? [:])
  }

  private func tell(_ summary: Summary) {
    guard summary.mails > 0 else { return }
    log.info(
      "read \(counted(summary.mails, "mail")) of the mailbox: \(counted(summary.bounces, "bounce")), \(counted(summary.replies, "reply", "replies"))"
    )
  }

  private func report(_ fault: MailboxFault) {
    let isCertain = if case .misconfigured = fault { true } else { false }
    guard isCertain || isDoubtful else {
      isDoubtful = true
      return
    }
    var outlook = "replies and bounces are not noticed"
    if case .unreadable = fault { outlook = "Kindly skips it as soon as a later mail can be read" }
    let problem = SourceProblem(.unreachable, of: .mailbox, "\(fault.text); \(outlook)")
    guard health.recordFailure(of: .mailbox, problem) else { return }
    log.error("\(problem.description)")
  }
}
