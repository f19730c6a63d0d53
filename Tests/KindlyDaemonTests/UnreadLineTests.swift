import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What becomes of a customer whose line of a CSV file cannot be read for a while.
@Suite("Lines of a file that cannot be read")
struct UnreadLineTests {
  private static let rules = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      - { name: bye, watch: customers, when: delete, send: inbox, template: bye, class: service }
      - { name: ending, watch: customers, when: 4 days before ends_on, send: email, template: ending }
      - { name: visit, watch: visits, when: on day, send: email, template: visit, class: service }
    """

  private static let header = "id,name,email,ends_on"
  private static func line(_ id: Int) -> String {
    "\(id),c\(id),c\(id)@example.com,\(id == 42 ? "2026-03-10" : "2026-09-0\(id)")"
  }
  private static let lines = [1, 2, 3, 42].map(line)

  /// A company whose customers and visits are files.
  private func company() async throws -> Company {
    let configuration = Simple.configuration()
      .replacing("sqlite://FOLDER/crm.db", with: "csv://FOLDER/files")
      .replacing(
        "snapshot }",
        with: "snapshot, reappearing: insert }\n  "
          + "visits: { source: crm, table: visits, key: id, customer: customer_id }")
    let company = try await Company(
      at: "2026-03-01 12:00", schema: "", configuration: configuration, rules: Self.rules)
    try write(["id,customer_id,day", "7,42,2026-03-08"], to: "visits", of: company)
    try write(Self.lines, of: company)
    try await company.turn()
    try await company.turn(at: "2026-03-05 12:00")
    #expect(company.letters.isEmpty)
    return company
  }

  /// Puts a file in its place that was written long ago, so that it has come to rest.
  private func write(_ lines: [String], to table: String = "customers", of company: Company) throws
  {
    let folder = company.folder.path + "/files"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = (table == "customers" ? [Self.header] : []) + lines
    let path = "\(folder)/\(table).csv"
    try Data(text.map { $0 + "\n" }.joined().utf8).write(
      to: URL(fileURLWithPath: path), options: .atomic)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_770_000_000)], ofItemAtPath: path)
  }

  private func broken(_ line: String) -> [String] { Self.lines.dropLast() + [line] }

  private func inbox(of company: Company) async throws -> [String] {
    try await company.daemon.ledger.inbox(unreadOnly: true, before: nil, limit: 10)
      .compactMap(\.customer)
  }

  @Test(
    "the reminder waits and names the line, nothing is deleted, and all goes when it is fixed",
    arguments: ["42,c42,c42@example.com", "42,\"open", "42,c\u{0}42,c42@example.com,2026-03-10"])
  func waits(line: String) async throws {
    let company = try await company()
    try write(broken(line), of: company)
    for time in ["05 13:00", "05 14:00", "06 09:00", "06 09:30", "06 10:30"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(try await company.states(of: "42").first == "waiting row in doubt")
    #expect(try await inbox(of: company).isEmpty)
    let told = company.daemon.health.rowFaultSentences(now: company.clock.now)
    #expect(told.count == 1)
    let place = "line 5 of \(company.folder.path)/files/customers.csv"
    #expect(told.first?.contains(place) == true, "\(told)")
    #expect(told.first?.contains("on row 42; its reminder waits") == true, "\(told)")
    #expect(company.daemon.health.remarks.first?.contains(place) == true)

    try write(Self.lines, of: company)
    try await company.turn(at: "2026-03-06 10:40")
    #expect(company.mail == ["2026-03-06 42 ending"])
    #expect(company.daemon.health.rowFaultSentences(now: company.clock.now).isEmpty)
    for time in ["10:50", "11:50"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.mail == ["2026-03-06 42 ending"])
    #expect(try await inbox(of: company).isEmpty)
    await company.close()
  }

  @Test("a row that is gone when the line is fixed ends its reminder as any other")
  func gone() async throws {
    let company = try await company()
    try write(broken("42"), of: company)
    for time in ["08:00", "09:00", "10:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(try await company.states(of: "42").first == "waiting row in doubt")
    try write(Self.lines.dropLast(), of: company)
    for time in ["10:10", "10:15", "10:30"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(try await company.states(of: "42").first == "cancelled row gone")
    #expect(try await inbox(of: company) == ["42"])
    #expect(company.letters.isEmpty)
    await company.close()
  }

  @Test("a reminder about another table waits for the customer's line")
  func customer() async throws {
    let company = try await company()
    try write(broken("42"), of: company)
    for time in ["09:00", "09:30", "10:00"] { try await company.turn(at: "2026-03-08 \(time)") }
    let told = company.daemon.health.rowFaultSentences(now: company.clock.now)
    #expect(
      told.contains { $0.hasPrefix("rule visit: watch customers: the row may be on a line") },
      "\(told)")
    try write(Self.lines, of: company)
    try await company.turn(at: "2026-03-08 10:10")
    #expect(company.mail(to: "42").contains("2026-03-08 visit"))
    await company.close()
  }

  @Test("a line that stays broken ends the reminder with its use")
  func useless() async throws {
    let company = try await company()
    try write(broken("42"), of: company)
    for day in 6...12 { try await company.turn(at: "2026-03-\(day < 10 ? "0" : "")\(day) 10:00") }
    #expect(Set(try await company.states(of: "42")) == ["skipped too late"])
    #expect(company.letters.isEmpty)
    #expect(try await inbox(of: company).isEmpty)
    await company.close()
  }

  @Test("a row whose key a second line has waits, and is neither deleted nor new afterwards")
  func twice() async throws {
    let company = try await company()
    try write(Self.lines + [Self.line(42)], of: company)
    for time in ["05 13:00", "06 09:00", "06 09:30", "06 10:30"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(try await company.states(of: "42").first == "waiting row in doubt")
    #expect(company.daemon.health.remarks.first?.contains(": key 42, line 5 of") == true)
    try write(Self.lines, of: company)
    for time in ["10:40", "10:50", "11:50"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.mail == ["2026-03-06 42 ending"])
    #expect(try await inbox(of: company).isEmpty)
    #expect(company.daemon.health.remarks.isEmpty)
    await company.close()
  }
}
