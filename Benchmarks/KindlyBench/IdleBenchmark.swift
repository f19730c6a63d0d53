import Foundation
import Glibc
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon

extension Benchmark {
  /// What a daemon costs that has a million reminders waiting and nothing to do.
  static let idle = Benchmark(
    name: "idle", summary: "CPU and memory of a daemon with a million waiting reminders"
  ) { workshop in
    let company = Company(folder: try workshop.folder("waiting"))
    if !FileManager.default.fileExists(atPath: company.ledgerPath) {
      _ = try await enqueue.run(workshop)
    }
    if !company.hasDatabase { try company.make(rows: 1_000, remindAt: "NULL") }
    try company.configure(when: "on remind_at", email: "{ type: inbox }")
    let daemon = Process()
    daemon.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    daemon.arguments = [IdleDaemon.option, company.folder]
    try daemon.run()
    defer {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    try await settled(daemon.processIdentifier)
    let watched = Duration.seconds(20)
    let before = try ProcessUsage.cpu(of: daemon.processIdentifier)
    try await Task.sleep(for: watched, clock: .continuous)
    let used = try ProcessUsage.cpu(of: daemon.processIdentifier) - before
    let memory = try ProcessUsage.resident(of: daemon.processIdentifier)
    return [
      .figure(
        "idle daemon, 1,000,000 waiting: share of a core", used.seconds / watched.seconds * 100,
        "%", digits: 3, most: 0.1),
      .figure("idle daemon, 1,000,000 waiting: resident memory", memory, "MB", most: 60),
    ]
  }

  /// Returns when the first look, the first scan and the index of public ids are done: after three seconds in a row of
  /// less than one in a hundred of a core, or after a minute; what is not quiet by then shows in the figures.
  private static func settled(_ process: pid_t) async throws {
    var quiet = 0
    var before = try ProcessUsage.cpu(of: process)
    for _ in 0..<60 where quiet < 3 {
      try await Task.sleep(for: .seconds(1), clock: .continuous)
      let now = try ProcessUsage.cpu(of: process)
      quiet = now - before < .milliseconds(10) ? quiet + 1 : 0
      before = now
    }
  }
}

/// The daemon that `idle` watches from outside: this program again, as a process of its own.
enum IdleDaemon {
  static let option = "--idle-daemon"

  static func run(in folder: String) async throws {
    let daemon = try await Daemon(
      DaemonOptions(
        load: { try ConfigurationLoader.load(folder: folder) }, clock: SystemClock(),
        environment: [:], version: "bench", log: Company.log, fatal: { fatalError("\($0)") }))
    try await daemon.run()
  }
}

/// What the kernel knows of another process.
private enum ProcessUsage {
  /// The processor time of all its threads, those that have ended included.
  static func cpu(of process: pid_t) throws -> Duration {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      throw BenchProblem("the idle daemon has ended before its time")
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// In megabytes.
  static func resident(of process: pid_t) throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first,
      let number = Double(kilobytes)
    else { throw BenchProblem("the idle daemon's memory cannot be read") }
    return number / 1024
  }
}
