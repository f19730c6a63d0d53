import Foundation
import KindlyCore
import KindlyTransport
import Testing

@testable import KindlyChannels

@Suite struct ExecChannelTests {
  private func outcome(
    _ command: [String], timeLimit: Duration = .seconds(20), payload: Payload? = nil,
    message: Message? = nil
  ) async throws -> Outcome {
    let channel = ExecChannel(
      name: "sms",
      settings: ExecSettings(command: command, timeout: timeLimit, address: .phone))
    let delivery = message.map { Delivery.fixture(to: "13800138000", message: $0, attempt: 3) }
    let prepared = try channel.prepare(delivery ?? .fixture(to: "13800138000", attempt: 3))
    return await channel.send(payload ?? prepared, deadline: .seconds(60))
  }

  @Test(
    "the exit code is the answer, the first line of standard error the evidence",
    arguments: [
      ("exit 0", "sent", "exit 0"),
      ("echo queued as 4F1 >&2; echo more >&2; exit 0", "sent", "exit 0: queued as 4F1"),
      ("echo gateway busy >&2; exit 75", "retry", "exit 75: gateway busy"),
      (
        "echo no such number 13800138000 >&2; exit 1", "rejected",
        "exit 1: no such number <address>"
      ),
      ("exit 69", "rejected", "exit 69"),
      ("no-such-command", "misconfigured", "exit 127"),
      ("kill -9 $$", "unknown", "signal 9"),
      ("kill -SEGV $$", "unknown", "signal 11"),
      ("sh -c 'kill -9 $$'; exit $?", "unknown", "exit 137, which means"),
      ("sh -c 'kill -TERM $$'; exit $?", "unknown", "died of signal 15"),
      ("exit 128", "rejected", "exit 128"),
      ("exit 160", "rejected", "exit 160"),
    ])
  func exitCodes(_ script: String, _ word: String, _ text: String) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await outcome(try folder.command(script))
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.text.contains(text), "\(outcome)")
  }

  @Test("a program reads the message as JSON and the rest from its environment")
  func request() async throws {
    let folder = try TemporaryFolder()
    let command = try folder.command(
      "cat > \"$OUT/json\"; env > \"$OUT/env\"; echo \"$1\" > \"$OUT/argument\"")
    let sent = try await outcome(command + ["--via=gateway"])
    #expect(sent.word == "sent", "\(sent)")
    let json = try String(contentsOf: folder.url.appending(path: "json"), encoding: .utf8)
    #expect(
      json == """
        {"attempt":3,"class":"care","html":"<p>Hello</p>","id":"k3f9q2",\
        "message_id":"k3f9q2@example.com","rule":"trial","short_text":"Hi",\
        "subject":"Your trial ends soon","text":"Hello",\
        "to":{"address":"13800138000","customer":"42","language":"en","name":"Li Lei"}}
        """)
    let variables = try String(contentsOf: folder.url.appending(path: "env"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    for variable in [
      "KINDLY_ID=k3f9q2", "KINDLY_RULE=trial", "KINDLY_CHANNEL=sms", "KINDLY_ATTEMPT=3",
    ] {
      #expect(variables.contains(variable))
    }
    // Nothing of the daemon's own environment, where credentials may be.
    #expect(!variables.contains { $0.hasPrefix("HOME=") })
    #expect(
      try String(contentsOf: folder.url.appending(path: "argument"), encoding: .utf8)
        == "--via=gateway\n")
  }

  @Test("a program that cannot be run is a misconfiguration")
  func cannotRun() async throws {
    let folder = try TemporaryFolder()
    let missing = try await outcome(["/nonexistent/program"])
    #expect(missing.word == "misconfigured", "\(missing)")
    let plain = try await outcome([try folder.script("exit 0", mode: 0o644)])
    #expect(plain.word == "misconfigured", "\(plain)")
    #expect(plain.refusal?.isChannelWide == true)
  }

  @Test("at the time limit the whole process group is killed, and the outcome is unknown")
  func timeLimit() async throws {
    let folder = try TemporaryFolder()
    let clock = ReleasedClock()
    let channel = try endless(in: folder, clock)
    let payload = try channel.prepare(.fixture(to: "13800138000"))
    async let sending = channel.send(payload, deadline: .hours(1))
    await begins(in: folder)
    clock.release()
    let outcome = await sending
    #expect(outcome.word == "unknown", "\(outcome)")
    #expect(outcome.text.contains("time limit"))
    #expect(await ends(pipe(in: folder)))
  }

  @Test("when Kindly stops, a program that does not end is killed, and the outcome is unknown")
  func stopping() async throws {
    let folder = try TemporaryFolder()
    let clock = ReleasedClock(free: Closing.patience)
    let channel = try endless(in: folder, clock)
    let payload = try channel.prepare(.fixture(to: "13800138000"))
    async let sending = channel.send(payload, deadline: .hours(1))
    await begins(in: folder)
    async let closing: Void = channel.close()
    #expect(await ends(pipe(in: folder)))
    // Ends a program that was not killed.
    clock.release()
    let outcome = await sending
    await closing
    #expect(outcome.word == "unknown", "\(outcome)")
    #expect(outcome.text.contains("was killed because Kindly is stopping"), "\(outcome)")
  }

  /// A channel whose program may take an hour and never ends.
  private func endless(in folder: TemporaryFolder, _ clock: ReleasedClock) throws -> ExecChannel {
    let pipe = pipe(in: folder)
    // Program and grandchild both hold the pipe open: it ends only if the whole group is killed.
    let command = try folder.command(
      "mkfifo \(pipe); exec 3<>\(pipe); sleep 600 & echo > \"$OUT/begun\"; exec sleep 600 2>&-")
    return ExecChannel(
      name: "sms",
      settings: ExecSettings(command: command, timeout: .hours(1), address: .phone),
      clock: clock)
  }

  private func pipe(in folder: TemporaryFolder) -> String {
    folder.url.appending(path: "alive").path
  }

  /// Waits until the program runs.
  private func begins(in folder: TemporaryFolder) async {
    while !FileManager.default.fileExists(atPath: folder.url.appending(path: "begun").path) {
      await Task.yield()
    }
  }

  /// Opens a pipe for reading and waits for its end, which comes when the last writer is gone.
  private func ends(_ pipe: String) async -> Bool {
    await withCheckedContinuation { continuation in
      // Waiting for a pipe blocks, so it has a thread of its own.
      Thread.detachNewThread {
        let descriptor = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        var byte: UInt8 = 0
        // Zero is the end. A writer that still dies makes the read fail, and hangs up in a moment.
        var count = read(descriptor, &byte, 1)
        if count < 0 {
          var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          poll(&watched, 1, 20_000)
          count = read(descriptor, &byte, 1)
        }
        continuation.resume(returning: count == 0)
      }
    }
  }

  @Test(
    "a program that ignores its input, or says too much, is judged by its exit code",
    arguments: [
      "exec 0<&-; exit 0", "head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 0",
      "exec 2>&-; exit 0",
    ])
  func manners(_ script: String) async throws {
    let folder = try TemporaryFolder()
    let large = Message(subject: "x", text: String(repeating: "0123456789", count: 20_000))
    let outcome = try await outcome(try folder.command(script), message: large)
    #expect(outcome.word == "sent", "\(outcome)")
    // What is kept of it is shorter still: it is cut when names and secrets are hidden.
    #expect(outcome.text.count <= Evidence.longest + 20)
  }

  @Test("a surviving grandchild does not delay the outcome")
  func daemonised() async throws {
    let folder = try TemporaryFolder()
    let command = try folder.command("sleep 25 & echo done >&2; exit 0")
    let outcome = try await outcome(command, timeLimit: .seconds(20))
    #expect(outcome == .sent(evidence: "exit 0: done"))
  }

  @Test("a payload of another type of channel is refused, not run")
  func foreignPayload() async throws {
    let payload = Payload(publicID: "x", recipient: "1", bytes: Array("From: a@x\r\n".utf8))
    #expect(try await outcome(["/bin/true"], payload: payload).word == "misconfigured")
  }

  @Test("cancelling does not kill a program that may have sent already")
  func cancellation() async throws {
    let folder = try TemporaryFolder()
    let command = try folder.command(
      "echo > \"$OUT/begun\"; while [ ! -e \"$OUT/go\" ]; do sleep 0.02; done; exit 0")
    let path = folder.url
    let task = Task { try await outcome(command) }
    while !FileManager.default.fileExists(atPath: path.appending(path: "begun").path) {
      await Task.yield()
    }
    task.cancel()
    try Data().write(to: path.appending(path: "go"))
    #expect(try await task.value.word == "sent")
  }
}

@Suite struct ChannelFaultTests {
  @Test("a program that cannot be run is a fault of its channel, and says why")
  func programs() throws {
    let folder = try TemporaryFolder()
    let cases: [(path: String, why: String?)] = [
      (try folder.script("exit 0"), nil),
      (try folder.script("exit 0", mode: 0o644), "which the service cannot execute"),
      (folder.url.path, "which is a folder"),
      (folder.url.path + "/gone", "which does not exist"),
      (folder.url.path + "/gone/deeper", "which does not exist"),
      ("/bin/sh", nil),
    ]
    for (path, why) in cases {
      let faults = ExecSettings(command: [path, "--send"]).faults()
      #expect(faults.count == (why == nil ? 0 : 1), "\(path): \(faults)")
      if let why { #expect(faults.first?.hasSuffix(why) == true, "\(faults)") }
    }
  }
}

extension Outcome {
  /// Why it was not sent, whichever way.
  var refusal: Refusal? {
    switch self {
    case .sent: nil
    case .retry(let refusal), .rejected(let refusal), .misconfigured(let refusal),
      .unknown(let refusal), .withdrawn(let refusal):
      refusal
    }
  }
}
