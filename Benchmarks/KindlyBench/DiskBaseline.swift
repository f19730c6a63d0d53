import Foundation
import Glibc

/// How often a second this disk takes an append and makes it durable: the ceiling of everything that commits.
enum DiskBaseline {
  /// Before and after a benchmark, because a shared disk has its moods.
  struct Pair {
    let before: Double
    let after: Double

    var slower: Double { min(before, after) }
    var text: String { Figures.grouped(before) + ", " + Figures.grouped(after) }
  }

  /// As much as a small commit appends to the write-ahead log: a page and its header.
  private static let bytes = 4_096 + 24
  private static let length = Duration.milliseconds(300)

  static func measure(in folder: String) throws -> Double {
    let path = folder + "/baseline"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    defer {
      close(file)
      unlink(path)
    }
    let page = [UInt8](repeating: 0x4B, count: bytes)
    let clock = ContinuousClock()
    let began = clock.now
    var count = 0
    while clock.now - began < length {
      guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      count += 1
    }
    return Double(count) / (clock.now - began).seconds
  }
}

/// What the figures were measured on.
enum Machine {
  static func description(folder: String) -> String {
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    let others = load.split(separator: " ").first.map { ", load \($0) before the start" } ?? ""
    return "\(ProcessInfo.processInfo.activeProcessorCount) cores\(others); files under \(folder)\n"
  }
}
