import Foundation
import KindlyTestKit
import Testing

/// The configuration in `config/`, on a database with the columns that its kindly.yaml lists.
@Suite("The shipped configuration")
struct ShippedCheckTests {
  private static let shipped =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/config"

  @Test("names every column that its rules and letters use, so that check reports no error")
  func check() async throws {
    let folder = try TemporaryFolder("shipped")
    let etc = folder.path + "/etc"
    try FileManager.default.copyItem(atPath: ShippedCheckTests.shipped, toPath: etc)
    let main = try String(contentsOfFile: etc + "/kindly.yaml", encoding: .utf8)
    let database = try TemporaryDatabase(ShippedCheckTests.schema(of: main), journal: .wal)
    // Both remove their files when they go away.
    defer { withExtendedLifetime((folder, database)) {} }
    let places = """
      state: \(folder.path)/state
      socket: \(folder.path)/control.sock
      delivery: rehearsal
      """
    try folder.write(
      main.replacing("sqlite:///srv/crm/crm.db", with: "sqlite://\(database.path)")
        .replacing("/var/lib/kindly/mail", with: folder.path + "/mail")
        .replacing("delivery: rehearsal", with: places),
      to: "etc/kindly.yaml")
    let checked = try await KindlyBinary.run(["check", "--config", etc])
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.output.contains("9 rules, no errors"), "\(checked.output)")
  }

  /// The tables of the remark in kindly.yaml: `#   orders: id, …`, with what a column may hold in brackets.
  private static func schema(of main: String) throws -> String {
    let lines = main.split(separator: "\n")
    let first = try #require(lines.firstIndex(where: { $0.hasPrefix("#   customers:") }))
    let last = try #require(lines.firstIndex(where: { $0 == "watches:" }))
    let remark = lines[first..<last].map { $0.dropFirst() }.joined(separator: " ")
      .replacing(#/\([^)]*\)/#, with: "")
    var tables: [(name: Substring, columns: [String])] = []
    for word in remark.split(whereSeparator: { $0 == " " || $0 == "," }) {
      if word.hasSuffix(":") {
        tables.append((word.dropLast(), []))
      } else {
        tables[tables.count - 1].columns.append(word == "id" ? "id INTEGER PRIMARY KEY" : "\(word)")
      }
    }
    return tables.map { "CREATE TABLE \($0.name) (\($0.columns.joined(separator: ", ")));" }
      .joined(separator: "\n")
  }
}
