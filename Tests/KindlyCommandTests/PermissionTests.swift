import Foundation
import GRDB
import KindlyTestKit
import Testing

/// What the system refuses: the binary runs as someone for whom permissions hold, also where the tests run as root.
@Suite("Without permission")
struct PermissionTests {
  /// Takes all rights to a file or folder away while a body runs.
  private func denying<Result>(
    _ path: String, mode: Int = 0, _ body: () async throws -> Result
  ) async throws -> Result {
    let files = FileManager.default
    let before = try #require(files.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    try files.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    // Where this fails, so does removing the folder, which is then the system's to clean.
    defer { try? files.setAttributes([.posixPermissions: before], ofItemAtPath: path) }
    return try await body()
  }

  @Test(
    "a configuration that may not be read is told apart from one that is wrong or missing: exit 77",
    arguments: ["", "/kindly.yaml", "/rules.d", "/rules.d/10-trial.yaml"],
    [["run"], ["rules"], ["check"], ["outbox", "list"]])
  func configuration(denied: String, verb: [String]) async throws {
    let company = try Company()
    let ran = try await denying(company.etc + denied) {
      try await KindlyBinary.run(verb + ["--config", company.etc], powerless: true)
    }
    #expect(ran.code == 77, "\(ran.errors)")
    #expect(ran.errors.contains(company.etc + denied))
    #expect(!ran.errors.contains("there is no configuration"))
  }

  @Test(
    "a ledger that may not be read is told apart from one that is missing: exit 77",
    arguments: ["/state", "/state/kindly.db"],
    [
      ["run"], ["outbox", "list"], ["why", "--customer", "1"], ["inbox"], ["backup", "copy.db"],
      ["pause", "--all", "--because", "x"],
    ])
  func ledger(denied: String, verb: [String]) async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company, powerless: true)
    #expect(await daemon.stop() == 0)
    let ran = try await denying(company.folder.path + denied) {
      try await KindlyBinary.run(verb + ["--config", company.etc], powerless: true)
    }
    #expect(ran.code == 77, "\(ran.errors)")
    #expect(ran.errors.contains(company.folder.path + "/state/kindly."))
    #expect(!ran.errors.contains("there is no ledger"))
  }

  @Test("a control socket that may not be used says whom to ask: exit 77")
  func socket() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    let ran = try await denying(company.socket) {
      try await company.run("pause", "--all", "--because", "x", powerless: true)
    }
    #expect(ran.code == 77, "\(ran.errors)")
    #expect(ran.errors.contains(company.socket))
    #expect(await daemon.stop() == 0)
  }

  /// A customer database that the system keeps from Kindly.
  enum Fault: String, CaseIterable, Sendable {
    case unreadable = "may not be read by the user that kindly runs as"
    case noSharedMemory =
      "is in WAL mode, its -shm file does not exist, and its folder may not be written"
  }

  @Test(
    "a source that may not be read is told of once, in its own words, and the rules of another go on",
    arguments: Fault.allCases)
  func source(_ fault: Fault) async throws {
    let shop = try TemporaryDatabase(
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, due_on DATE)",
      journal: fault == .unreadable ? .rollback : .wal)
    // The application ends, and takes the files of its log with it.
    try shop.writer.close()
    let company = try Company()
    try company.configure(
      "  shop: { url: \"sqlite://\(shop.path)\", poll: 100ms }", behind: "sources:")
    try company.configure(
      "  orders: { source: shop, table: orders, key: id, changes: snapshot, customer: customer_id }",
      behind: "watches:")
    try company.write(
      """
      rules:
        - name: order
          watch: orders
          send: email
          steps:
            - { when: insert, template: welcome, class: service }
            - { when: 1 day before due_on, name: due, template: welcome }
            - { when: on due_on, name: late, template: welcome }

      """, to: "rules.d/20-order.yaml")
    let folder = URL(fileURLWithPath: shop.path).deletingLastPathComponent().path
    let (path, mode) = fault == .unreadable ? (shop.path, 0) : (folder, 0o555)
    try await denying(path, mode: mode) {
      let daemon = try await RunningDaemon.start(company, powerless: true)
      try await daemon.says("source shop: \(shop.path) \(fault.rawValue)")
      try await daemon.says("watch customers: the first look is complete")
      try company.insert(4, name: "Zoe")
      try await Eventually.holds("the letter of the other source") { company.letters.count == 1 }
      #expect(await daemon.stop() == 0)
      #expect(daemon.log.components(separatedBy: fault.rawValue).count == 2, "\(daemon.log)")
    }
  }
}
