import GRDB
import KindlyCore
import KindlyTestKit
import Testing

@Suite("A ledger that cannot be written")
struct LedgerLockTests {
  private static let customers = 1_000

  @Test(
    "the daemon ends with a failure instead of hanging; started again, nothing is lost",
    arguments: [200, customers])
  func locked(sent: Int) async throws {
    let recorder = try await MailRecorder.start()
    let company = try MailCompany(port: recorder.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...LedgerLockTests.customers)
    try await company.acceptInserts()
    // After 200 mails the dispatcher is the one that commits; after the last one, it is the next look.
    try await recorder.hasTaken(sent)
    if sent == LedgerLockTests.customers { try await company.become([.sent: sent]) }
    // What a person does who opens the ledger in a database browser and edits.
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let intruder = try DatabaseQueue(
      path: company.folder.path + "/state/kindly.db", configuration: configuration)
    try await LedgerLockTests.begin(on: intruder)
    // So that there is something to commit, however quickly the others went out.
    let all = LedgerLockTests.customers + 1
    try company.insert(all...all)
    #expect(await daemon.end() == 74)
    #expect(daemon.lines.contains { $0.contains("database is locked") })
    let before = try recorder.mails()
    #expect(before.count < all)
    try intruder.close()

    let next = try DaemonProcess(company)
    try await company.become([.sent: all])
    #expect(await next.stop() == 0)
    let letters = Dictionary(grouping: try recorder.mails(), by: \.recipient)
    #expect(letters.count == all)
    let repeats = letters.values.filter { $0.count > 1 }
    #expect(repeats.count <= MailCompany.connections)
    #expect(repeats.allSatisfy { $0.count == 2 && Set($0.map(\.messageID)).count == 1 })
  }

  /// Takes the writer's lock as soon as the daemon is between two commits.
  private static func begin(on intruder: DatabaseQueue) async throws {
    try await Eventually.holds("the writer's lock") {
      do {
        try intruder.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return true
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return false
      }
    }
  }
}
