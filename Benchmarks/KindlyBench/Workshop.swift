import Foundation
import GRDB
import KindlyCore
import KindlySQLiteLedger

/// The folder of one run, and the large things in it that several benchmarks use.
struct Workshop: Sendable {
  let path: String

  init(under folder: String) throws {
    path = folder + "/kindly-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func remove() {
    // What cannot be removed is left to the system's own cleaning of temporary files.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A folder in it, made where it is not there yet.
  func folder(_ name: String) throws -> String {
    let folder = path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  static let million = 1_000_000

  /// A company of a million customers whose dates are spread over a thousand days; made once.
  func largeCompany() throws -> Company {
    let company = Company(folder: try folder("large"))
    guard !company.hasDatabase else { return company }
    try company.make(
      rows: Workshop.million,
      // The numbers of days since 1970 around today, as dates.
      remindAt: "date('now', (id % 1000 - 500) || ' days')")
    return company
  }

  static func ledger(at path: String, now: Instant) throws -> SQLiteLedger {
    try SQLiteLedger(
      opening: LedgerOptions(
        path: path, create: true, messageDomain: "bench.invalid", version: "bench"), now: now,
      fatal: { fatalError("\($0)") })
  }
}
