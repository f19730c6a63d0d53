import KindlyConfig
import KindlyCore
import Logging

/// Reads the configuration again and swaps it in whole, or leaves the old one at work.
package actor Reloader {
  package typealias Load = @Sendable () throws -> Configuration

  private let load: Load
  private let current: CurrentGeneration
  private let ledger: any SharedLedger
  private let health: Health
  private let clock: any Timekeeper
  private let environment: [String: String]
  private let log: Logger
  private var configuration: Configuration

  init(
    load: @escaping Load, configuration: Configuration, current: CurrentGeneration,
    ledger: any SharedLedger, health: Health, clock: any Timekeeper, environment: [String: String],
    log: Logger
  ) {
    self.load = load
    self.configuration = configuration
    self.current = current
    self.ledger = ledger
    self.health = health
    self.clock = clock
    self.environment = environment
    self.log = log
  }

  /// Why a reload was refused; the old configuration goes on.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// A reload that drops over this share of the rules needs a person's word.
  private static let largestDrop = 0.5

  /// Reloads, and returns one line that says what changed.
  package func reload(acceptDrop: Bool) async throws -> String {
    do {
      let next = try load()
      try check(next, acceptDrop: acceptDrop)
      let text = ConfigurationChange.describe(from: configuration, to: next)
      try await adopt(next)
      log.notice("reloaded: \(text)")
      return text
    } catch {
      for line in "\(error)".split(separator: "\n") { log.error("\(line)") }
      log.error("the reload is refused; the configuration from before goes on")
      throw error
    }
  }

  private func check(_ next: Configuration, acceptDrop: Bool) throws {
    guard StatePaths(next) == StatePaths(configuration), next.socket == configuration.socket else {
      throw Refusal(
        description: """
          `delivery:` between rehearsal and the other modes, `state:` and `socket:` change only with a restart: run \
          `systemctl restart kindly`
          """)
    }
    let dropped = ConfigurationChange.droppedShare(from: configuration, to: next)
    if dropped > Reloader.largestDrop, !acceptDrop {
      throw Refusal(
        description: """
          \(Int(dropped * 100)) % of the rules would be gone; if that is right, run `kindly reload --accept`
          """)
    }
  }

  private func adopt(_ next: Configuration) async throws {
    let now = clock.now
    let number = try await ledger.archive(configuration: next.hash, text: next.archive, now: now)
    let generation = try GenerationAssembly(
      configuration: next, inbox: ledger, clock: clock, environment: environment
    ).make(number: number)
    _ = try await ledger.activate(generation.activations, now: now)
    current.replace(with: generation)
    configuration = next
    health.forgetProblems()
    _ = try await ledger.wake(
      [
        .ruleAbsentWaiting, .templateError, .channelMisconfigured, .channelDown, .ruleError,
        .sourceUnreachable,
      ], scope: .all, now: now)
  }
}
