import Foundation
import KindlyTestKit
import Testing

@Suite("The demo")
struct DemoTests {
  struct Letter: Hashable {
    let to: String
    let name: String
    let subject: String
  }

  /// Who gets which letter; of a subject that holds a date or an hour, the beginning.
  private static let letters: Set<Letter> = [
    Letter(to: "wang.xiaoming@qiming.example", name: "王小明", subject: "您的试用账号已开通"),
    Letter(
      to: "emily@carter-ceramics.example", name: "Emily Carter",
      subject: "Welcome! Your trial account is ready"),
    Letter(to: "li.na@xinghe.example", name: "李娜", subject: "您的试用今天到期了"),
    Letter(to: "zhang.wei@yuanfang.example", name: "张伟", subject: "账单 INV-2208 今天到期"),
    Letter(to: "chen.siyuan@haitang.example", name: "陈思远", subject: "已收到您的款项，租期至"),
    Letter(
      to: "hannah@koehler-optik.example", name: "Hannah Köhler",
      subject: "Your order SO-1041 is on its way"),
    Letter(
      to: "camille@laurent-vins.example", name: "Camille Laurent", subject: "We will call you at"),
  ]

  @Test("plays the story to its end, and leaves each letter once and everything to look around in")
  func story() async throws {
    let folder = try TemporaryFolder("demo-test")
    let (demo, run) = try await play(in: folder)
    #expect(run.status == 0, "\(run.output)")

    #expect(run.output.contains(demo))
    for command in ["ls \(demo)/mail/new", "outbox list --config \(demo)", "why --config \(demo)"] {
      #expect(run.output.contains(command))
    }
    #expect(try await mails(in: demo + "/mail/new", folder) == DemoTests.letters)
    #expect(run.output.contains("to Hannah Köhler, +493023125501"))
    #expect(
      run.output.contains("Your order SO-1041 is on its way. Follow it with DHL JD014600300165."))
    #expect(run.output.contains("to 陈思远, oDemo-11"))
    #expect(run.output.contains("租金已收到"))
    #expect(run.output.contains("Please call Oliver Bennett: the lease was deleted"))
    #expect(run.output.contains("invoice-due for 陈思远: its condition no longer holds"))
    #expect(run.output.contains("callback for Camille Laurent: its date has moved"))
    for colleague in ["anna", "mei"] {
      #expect(run.output.contains("for \(colleague): Please call 孙丽 about a complaint"))
    }
    #expect(run.output.components(separatedBy: "open invoices: INV-2209 1570 CNY").count == 3)
    let log = try String(contentsOfFile: demo + "/kindly.log", encoding: .utf8)
    #expect(log.contains("kindly has ended; nothing is in flight"))
  }

  @Test("does not write into a folder that holds something")
  func occupied() async throws {
    let folder = try TemporaryFolder("demo-test")
    try folder.write("mine", to: "demo/letter.txt")
    let run = try await Command.kindly(["demo", "--folder", folder.path + "/demo"], in: folder)
    #expect(run.status != 0)
    #expect(run.output.contains("is not empty; name one that is new or empty"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/demo")
    #expect(files == ["letter.txt"])
  }

  /// Plays it, and once more if it says that this machine was too busy for its dates, which fall due within seconds.
  private func play(in folder: TemporaryFolder) async throws -> (demo: String, run: Command) {
    let first = folder.path + "/demo"
    let run = try await Command.kindly(["demo", "--folder", first], in: folder)
    guard run.output.contains("this machine is too busy") else { return (first, run) }
    let second = folder.path + "/demo-again"
    return (second, try await Command.kindly(["demo", "--folder", second], in: folder))
  }

  /// The letters of a maildir, each read by Python's mail parser, which ends with an error where one is malformed.
  private func mails(in path: String, _ folder: TemporaryFolder) async throws -> Set<Letter> {
    struct Parsed: Decodable {
      let subject: String
      let to: [[String]]
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(names.count == DemoTests.letters.count)
    var letters: Set<Letter> = []
    for name in names {
      let run = try await Command.parser(of: path + "/" + name, in: folder)
      try #require(run.status == 0, "\(name): \(run.output)")
      let parsed = try JSONDecoder().decode(Parsed.self, from: Data(run.output.utf8))
      let recipient = try #require(parsed.to.first)
      let expected = DemoTests.letters.first { parsed.subject.hasPrefix($0.subject) }
      letters.insert(
        Letter(
          to: recipient[1], name: recipient[0], subject: expected?.subject ?? parsed.subject))
    }
    return letters
  }
}

/// A program that was run to its end.
private struct Command {
  let status: Int32
  /// What it wrote, errors included.
  let output: String

  /// This package's own binary, which stands beside the tests'.
  static func kindly(_ arguments: [String], in folder: TemporaryFolder) async throws -> Command {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let binary = URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/kindly"
    return try await run(binary, arguments, input: "/dev/null", in: folder)
  }

  static func parser(of mail: String, in folder: TemporaryFolder) async throws -> Command {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    return try await run(
      "/usr/bin/python3", [tests.path + "/Support/mime_oracle.py"], input: mail, in: folder)
  }

  private static func run(
    _ program: String, _ arguments: [String], input: String, in folder: TemporaryFolder
  ) async throws -> Command {
    // A file, because a pipe that nobody empties would hold a talkative program up.
    try folder.write("", to: "output")
    let output = URL(fileURLWithPath: folder.path + "/output")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
    let file = try FileHandle(forWritingTo: output)
    process.standardOutput = file
    process.standardError = file
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    return Command(status: status, output: try String(contentsOf: output, encoding: .utf8))
  }
}
