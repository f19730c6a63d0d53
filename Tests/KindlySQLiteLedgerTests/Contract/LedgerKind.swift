import GRDB
import KindlyCore
import KindlyTestKit

/// Every role of a ledger; the suites in this folder say what any ledger must do in them.
typealias ContractLedger = PlanningLedger & NoticingLedger & DispatchingLedger & KeepingLedger
  & FuseLedger & ActingLedger & ChannelLedger & ReadingLedger & AnswerLedger

/// The kinds of ledger; the contract's suites run against each.
enum LedgerKind: String, CaseIterable, Sendable {
  case sqlite

  /// A new, empty ledger that goes away with its home.
  func makeHome() throws -> any LedgerHome {
    switch self {
    case .sqlite: SQLiteHome(temporary: try TemporaryLedger())
    }
  }
}

/// Where a ledger under test lives, with what its roles do not offer.
protocol LedgerHome: Sendable {
  var ledger: any ContractLedger { get }

  /// Opens it once more, as the next process does.
  func reopen() throws -> any ContractLedger

  /// When the leases of a run end.
  func leases(of run: Int64) async throws -> Instant?

  /// Changes when they end, as another running process would.
  func setLeases(of run: Int64, until end: Instant) async throws
}

struct SQLiteHome: LedgerHome {
  let temporary: TemporaryLedger

  var ledger: any ContractLedger { temporary.ledger }

  func reopen() throws -> any ContractLedger {
    try TemporaryLedger.open(in: temporary.folder)
  }

  func leases(of run: Int64) async throws -> Instant? {
    try await DatabaseQueue(path: temporary.path).read { db in
      try Int64.fetchOne(db, sql: "SELECT until FROM run WHERE id = ?", arguments: [run])
    }
    .map(Instant.init(milliseconds:))
  }

  func setLeases(of run: Int64, until end: Instant) async throws {
    try await DatabaseQueue(path: temporary.path).write { db in
      try db.execute(
        sql: "UPDATE run SET until = ? WHERE id = ?", arguments: [end.milliseconds, run])
    }
  }
}
