package import KindlyCore
import KindlyTransport

/// Hands messages to a program of the operator: JSON on its standard input, its exit code as the answer.
///
/// Exit 0 means sent, 75 (EX_TEMPFAIL) retry, 126 and 127 (a shell could not run the program) misconfigured, 129 to
/// 159 (a shell saw a signal kill the program) unknown, and any other code rejected. The first line of standard error
/// is kept as evidence. The environment holds `PATH`, `LANG`, `KINDLY_ID`, `KINDLY_RULE`, `KINDLY_CHANNEL` and
/// `KINDLY_ATTEMPT`, and nothing of the daemon's.
package final class ExecChannel: Channel {
  package let name: String
  private let settings: ExecSettings
  private let clock: any Clock<Duration>
  private let sends = SendsInHand()
  private let programs = ProgramsAtWork()

  package var traits: ChannelTraits { settings.traits }

  package init(
    name: String, settings: ExecSettings, clock: any Clock<Duration> = ContinuousClock()
  ) {
    self.name = name
    self.settings = settings
    self.clock = clock
    // A program that does not read its input closes the pipe that we write to.
    BrokenPipes.areErrors
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    guard !delivery.publicID.utf8.contains(0), !delivery.rule.utf8.contains(0) else {
      throw UnfitDelivery(.message, "the public id or the rule's name holds a NUL character")
    }
    let request = ExecRequest(delivery, address: address)
    let bytes = try PayloadJSON.bytes(of: request, attached: request.attachedBytes)
    return Payload(publicID: delivery.publicID, recipient: address, bytes: bytes)
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await sends.run { await run(payload, deadline: deadline) }
      ?? .withdrawn(Refusal("the channel is closed; nothing was run"))
  }

  /// Gives running programs a moment to finish, and kills those that do not.
  package func close() async {
    await withTaskGroup { group in
      group.addTask { [sends] in await sends.close() }
      group.addTask { [clock, programs] in
        // Losing the cancellation is right: it means that all have finished.
        try? await clock.sleep(for: Closing.patience)
        programs.kill()
      }
      _ = await group.next()
      group.cancelAll()
    }
  }

  private var program: String { settings.command.first ?? "" }

  private func run(_ payload: Payload, deadline: Duration) async -> Outcome {
    guard let request = PayloadJSON.value(ExecRequest.self, from: payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was not made by an exec channel: was the channel's type changed?"))
    }
    let execution = ExecRun(
      program: program, arguments: Array(settings.command.dropFirst()),
      environment: environment(for: request), input: payload.bytes,
      timeLimit: min(deadline, settings.timeout), clock: clock)
    // A separate task, because cancelling ours must not kill a program that may have sent already; only closing may.
    let ending = await programs.run { await execution.ending() }
    return outcome(of: ending, hiding: payload.recipient)
  }

  private func environment(for request: ExecRequest) -> [String: String] {
    var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
    variables["KINDLY_ID"] = request.id
    variables["KINDLY_RULE"] = request.rule
    variables["KINDLY_CHANNEL"] = name
    variables["KINDLY_ATTEMPT"] = String(request.attempt)
    return variables
  }

  private func outcome(of ending: ExecRun.Ending, hiding address: String) -> Outcome {
    switch ending {
    case .exited(let code, let line): return exited(code, line, hiding: address)
    case .signalled(let signal, let line):
      return .unknown(
        Refusal(said("\(program) died of signal \(signal)", line, hiding: address)))
    case .overdue(let line):
      return .unknown(
        Refusal(said("\(program) was killed at its time limit", line, hiding: address)))
    case .stopped(let line):
      return .unknown(
        Refusal(
          said("\(program) was killed because Kindly is stopping", line, hiding: address)))
    case .notStarted(let why):
      return .misconfigured(
        Refusal("\(program) cannot be run: \(why)", isChannelWide: true))
    case .lost(let why, let line):
      return .unknown(
        Refusal(said("\(program) was lost while it ran (\(why))", line, hiding: address)))
    }
  }

  /// How a shell reports a program that a signal has killed: 128 and the signal's number (POSIX, 2.8.2).
  private static let signalCodes = 129...159

  private func exited(_ code: Int, _ line: String, hiding address: String) -> Outcome {
    let text = said("exit \(code)", line, hiding: address)
    return switch code {
    case 0: .sent(evidence: text)
    case 75: .retry(Refusal(text))
    case 126, 127: .misconfigured(Refusal(text, isChannelWide: true))
    case ExecChannel.signalCodes:
      .unknown(
        Refusal(
          said(
            "exit \(code), which means that a program died of signal \(code - 128)", line,
            hiding: address)))
    default: .rejected(Refusal(text))
    }
  }

  private func said(_ what: String, _ line: String, hiding address: String) -> String {
    let evidence = Evidence.line(line, hiding: address)
    return evidence.isEmpty ? what : "\(what): \(evidence)"
  }
}
