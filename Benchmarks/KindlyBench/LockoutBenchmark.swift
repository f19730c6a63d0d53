import Foundation
import GRDB
import Glibc
import KindlyCore
import KindlyDaemon
import KindlySources

extension Benchmark {
  /// What our reading costs the application that owns the database.
  static let lockout = Benchmark(
    name: "lockout", summary: "how long an application that writes is kept from it by our looks"
  ) { workshop in
    let pace = SlicePace()
    return [
      try await lockout(workshop, journal: "DELETE", words: "rollback journal", most: pace.time),
      try await lockout(workshop, journal: "WAL", words: "WAL", most: pace.timeBesideWriters),
    ]
  }

  private static func lockout(
    _ workshop: Workshop, journal: String, words: String, most: Duration
  ) async throws -> Measurement {
    let rows = 200_000
    let company = Company(folder: try workshop.folder("lockout-\(journal)"))
    try company.make(rows: rows, remindAt: "NULL", journal: journal)
    try company.configure(when: "update of status", email: "{ type: inbox }")
    let now = SystemClock().now
    let work = try await CompanyAtWork(company, now: now)
    let application = try WritingApplication(company.database)
    var looks = 0
    // The first look, which keeps every row as known, and sweeps that compare them.
    for round in 0..<6 {
      looks += try await work.watcher.runOnce(now: now + Watcher.sweepInterval * round).looked
    }
    let report = try await application.end()
    await work.close()
    guard looks == 6, report.commits > 0 else {
      throw BenchProblem("\(looks) looks were made beside \(report.commits) commits")
    }
    return .figure(
      "a writer locked out by looks at 200,000 rows, \(words)",
      report.longest.seconds * 1000, "ms", most: most.seconds * 1000,
      note: " at most, \(Figures.grouped(Double(report.commits))) commits")
  }
}

/// The company's application, a process of its own: it changes one row after the other as fast as it can, and tries
/// again at once where the database is locked.
struct WritingApplication {
  static let option = "--application"

  struct Report: Codable {
    var commits = 0
    var microseconds: Int64 = 0

    /// The longest time from a first try to the last that found the database locked.
    var longest: Duration { .microseconds(microseconds) }
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  /// Starts it, and returns when its first row is written.
  init(_ database: String) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [WritingApplication.option, database]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard try output.fileHandleForReading.read(upToCount: 1) != nil else {
      throw BenchProblem("the application has ended before its time")
    }
  }

  /// Asks it to end, and returns what it saw.
  func end() async throws -> Report {
    try input.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return try JSONDecoder().decode(Report.self, from: text)
  }

  /// What the process does until its standard input is closed.
  static func run(on database: String) throws {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .immediateError
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    var report = Report()
    while !isAskedToEnd {
      let waited = try write(row: report.commits % 1000 + 1, queue)
      report.microseconds = max(report.microseconds, Int64(waited.seconds * 1e6))
      report.commits += 1
      if report.commits == 1 { FileHandle.standardOutput.write(Data("\n".utf8)) }
    }
    try queue.close()
    FileHandle.standardOutput.write(try JSONEncoder().encode(report))
  }

  /// Writes a row, and returns how long the database was locked; the commit itself is the disk's time.
  private static func write(row: Int, _ queue: DatabaseQueue) throws -> Duration {
    let began = ContinuousClock.now
    var waited = Duration.zero
    while true {
      do {
        try queue.writeWithoutTransaction {
          try $0.execute(
            sql: "UPDATE customers SET name = 'Customer ' || id WHERE id = ?", arguments: [row])
        }
        return waited
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        waited = ContinuousClock.now - began
      }
    }
  }

  private static var isAskedToEnd: Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) != 0
  }
}
