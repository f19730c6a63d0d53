import KindlyControl
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Synchronization
import Testing

@testable import KindlyDaemon

/// What the desk says to the daemon around it, and leaves to it.
@Suite("The desk's setting")
struct DeskSettingTests {
  @Test("tells the daemon what may have something to do")
  func stirs() async throws {
    let company = try await MassChangeTests().company(of: 150)
    try company.write("UPDATE customers SET status = 'paid'")
    try await company.turn()
    let setting = RecordingSetting()
    let desk = WritingDesk(
      ledger: company.daemon.ledger, names: DeskNames(company.daemon.configuration),
      setting: setting, clock: company.clock
    ) { ActionNote(uid: 7, user: "li", because: $0) }
    let paid = Selection.matching(Selection.Filter(rule: "paid"))
    let requests: [(ControlRequest, [DeskPart])] = [
      (.pause(.all, seconds: nil, because: "x"), []), (.resume(.all), [.outbox]),
      (.outboxRetry(paid), [.outbox]), (.outboxCancel(paid, because: "x"), []),
      (.outboxRestore(paid, because: "x"), [.outbox]),
      (.sourceAccept("customers", because: "x"), [.sources]),
      (.suppressionAdd(address: "a@example.com", customer: nil, because: "x"), []),
      (
        .suppressionLift(SuppressionSelection(names: ["a@example.com"]), because: "x"), [.outbox]
      ),
      (.arm(because: "x"), [.everything]), (.clockAccept(because: "x"), [.everything]),
    ]
    for (request, parts) in requests {
      let reply = try #require(try await desk.answer(request))
      #expect(!reply.isRefused(), "\(reply)")
      #expect(setting.takeParts() == parts, "\(request)")
    }
    #expect(setting.pauses.map(\.by) == ["li"])
    #expect(setting.lifted == [.all])
    await company.close()
  }

  @Test("leaves to the daemon what only a daemon can do")
  func daemonOnly() async throws {
    let company = try await Simple.company()
    let desk = WritingDesk(
      ledger: company.daemon.ledger, names: DeskNames(company.daemon.configuration),
      setting: LedgerAlone(), clock: company.clock
    ) { ActionNote(uid: 7, user: "li", because: $0) }
    for request in [
      ControlRequest.ping, .standing, .reload(acceptDrop: false),
      .sendTest(channel: "email", address: "li@example.com", template: nil, parameters: []),
    ] {
      #expect(try await desk.answer(request) == nil)
    }
    await company.close()
  }
}

/// A setting that notes what the desk says to it; its clock is doubted.
private final class RecordingSetting: DeskSetting {
  private let state = Mutex((parts: [DeskPart](), pauses: [Pause](), lifted: [PauseScope]()))

  var isRunning: Bool { true }
  var pauses: [Pause] { state.withLock { $0.pauses } }
  var lifted: [PauseScope] { state.withLock { $0.lifted } }

  func takeParts() -> [DeskPart] {
    state.withLock { state in
      defer { state.parts = [] }
      return state.parts
    }
  }

  func holds(_: String) -> Bool { false }
  func apply(_ pause: Pause) { state.withLock { $0.pauses.append(pause) } }
  func lift(_ scope: PauseScope) { state.withLock { $0.lifted.append(scope) } }
  func wake(_ part: DeskPart) { state.withLock { $0.parts.append(part) } }
  func doubtsClock(_: any KeepingLedger, now _: Instant) -> Bool { true }

  func acceptClock(_: any ActingLedger, _: ActionNote, now _: Instant) -> Int { 0 }
}
