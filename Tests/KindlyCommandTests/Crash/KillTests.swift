import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@Suite("Kill -9")
struct KillTests {
  private static let customers = 5_000
  private static let kills = 50
  /// The customers that come between one kill and the next.
  private static let portion = customers / kills

  @Test(
    "killed at 50 instants of 5,000 mails: none is lost, and at each kill at most one a connection is repeated"
  )
  func killed() async throws {
    let recorder = try await MailRecorder.start()
    let company = try MailCompany(port: recorder.port)
    var daemon = try await DaemonProcess.start(company)
    var chance = SeededRandom(seed: 20_260_210)
    // How many mails had come when the daemon was dead.
    var deaths: [Int] = []
    for first in stride(from: 1, to: KillTests.customers, by: KillTests.portion) {
      // Two portions that are new in one look would be a mass change, which waits for a person.
      try await company.plans(first - 1)
      // More than what goes again after the kill before; fewer than are new, so that however late a kill comes the next one
      // finds mails on their way.
      let taken = try recorder.count()
      try company.insert(first...first + KillTests.portion - 1)
      try await recorder.hasTaken(taken + chance.number(in: 30...KillTests.portion * 2 / 3))
      #expect(await daemon.kill())
      deaths.append(try recorder.count())
      daemon = try DaemonProcess(company)
    }
    #expect(deaths.count == KillTests.kills)
    try await recorder.hasTaken(KillTests.customers)
    try await company.become([.sent: KillTests.customers])
    // If the last kill came after the last mail, this is true at once, and a daemon that only begins takes no SIGTERM.
    try await daemon.says("is running: ")
    let code = await daemon.stop()
    #expect(code == 0, "exit code \(code): \(daemon.lines.suffix(20))")

    let mails = try recorder.mails()
    let letters = Dictionary(grouping: mails, by: \.recipient)
    #expect(Set(letters.keys) == Set((1...KillTests.customers).map { "c\($0)@example.com" }))
    #expect(letters.values.allSatisfy { Set($0.map(\.messageID)).count == 1 })
    #expect(Set(mails.map(\.messageID)).count == KillTests.customers)
    let repeats = KillTests.repeats(in: mails, after: deaths)
    #expect(
      repeats.allSatisfy { $0 <= MailCompany.connections },
      "repeats before each kill: \(repeats), \(repeats.reduce(0, +)) in all")
    try await uncertainAgree(company, repeats: mails.count - letters.count)
  }

  @Test("a ledger whose write-ahead log was deleted after a kill sends nothing again")
  func logDeleted() async throws {
    let recorder = try await MailRecorder.start()
    let company = try MailCompany(port: recorder.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...200)
    try await company.acceptInserts()
    try await company.become([.sent: 200])
    #expect(await daemon.kill())
    for name in ["kindly.db-wal", "kindly.db-shm"] {
      try FileManager.default.removeItem(atPath: "\(company.folder.path)/state/\(name)")
    }
    let again = try DaemonProcess(company)
    try await again.says("is disarmed and nothing is sent")
    try company.insert(201...201)
    try await again.says("is running: ")
    #expect(await again.stop() == 0)
    #expect(try recorder.count() == 200)
  }

  /// The ledger knows of each repeat: only what it was not sure of went again, and that once.
  private func uncertainAgree(_ company: MailCompany, repeats: Int) async throws {
    let again = try await company.reminders(where: { $0.attempts > 1 })
    #expect(again.count <= KillTests.kills * MailCompany.connections && again.count >= repeats)
    for reminder in again {
      #expect(
        reminder.uncertainties == 1 && reminder.attempts.map(\.outcome) == [.unknown, .sent])
    }
  }

  /// How many mails that had come before came again between each death and the next.
  private static func repeats(in mails: [MailRecorder.Mail], after deaths: [Int]) -> [Int] {
    var seen: Set<String> = []
    var repeats = [Int](repeating: 0, count: deaths.count + 1)
    for (index, mail) in mails.enumerated() where !seen.insert(mail.recipient).inserted {
      repeats[deaths.filter { $0 <= index }.count] += 1
    }
    return repeats
  }
}
