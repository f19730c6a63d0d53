package import KindlyConfig
package import KindlyCore
import KindlyTemplates
import Logging

/// Loads the configuration again and replaces the active one as a whole, or keeps the active one if the new one has
/// errors.
package actor Reloader {
  package typealias Load = @Sendable () throws -> Configuration
  package typealias Outlook =
    @Sendable (
      _ before: Configuration, _ after: Configuration, _ now: Instant
    ) async throws -> String

  private let options: DaemonOptions
  private let current: CurrentGeneration
  private let ledger: any SharedLedger
  private let health: Health
  private let breakers: BreakerBoard
  private let clocks: ClockBoard
  /// What is at work now.
  private(set) var configuration: Configuration
  private var isReloading = false
  /// The reloads that wait for the one in progress, in the order in which they were asked for.
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(
    configuration: Configuration, current: CurrentGeneration, ledger: any SharedLedger,
    health: Health, breakers: BreakerBoard, clocks: ClockBoard, options: DaemonOptions
  ) {
    self.options = options
    self.configuration = configuration
    self.current = current
    self.ledger = ledger
    self.health = health
    self.breakers = breakers
    self.clocks = clocks
  }

  /// Why a reload was refused; the old configuration goes on.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// A reload that drops over this share of the rules needs a person's word.
  private static let largestDrop = 0.5

  /// Reloads, for a person or for a signal, and returns one line that says what changed.
  ///
  /// A reload waits for those asked for before it. Otherwise one that takes long could replace a newer configuration.
  package func reload(acceptDrop: Bool, askedBy person: String? = nil) async throws -> String {
    await begin()
    defer { end() }
    do {
      let next = try options.load()
      let change = ConfigurationChange(from: configuration, to: next)
      try check(next, change, acceptDrop: acceptDrop)
      let letters = current.value.letters
      let outlook = change.isEmpty ? nil : await outlook(on: next)
      try await adopt(next)
      let files = current.value.letters.files(changedSince: letters)
      let summary = ([change.summary(templateFiles: files)] + [outlook].compactMap(\.self))
        .joined(separator: "; ")
      let asked = person.map { " (asked by \($0))" } ?? ""
      options.log.notice("reloaded: \(summary)\(asked)")
      for advice in change.advice { options.log.warning("\(advice)") }
      return summary
    } catch {
      for line in "\(error)".split(separator: "\n") { options.log.error("\(line)") }
      options.log.error("the reload is refused; the previous configuration stays in use")
      throw error
    }
  }

  private func begin() async {
    if isReloading { await withCheckedContinuation { waiting.append($0) } }
    isReloading = true
  }

  /// Lets the next one begin at once, so that none that comes later can be faster.
  private func end() {
    if waiting.isEmpty { isReloading = false } else { waiting.removeFirst().resume() }
  }

  /// What the next configuration changes in the coming days. A failure to find out does not keep it from use.
  private func outlook(on next: Configuration) async -> String? {
    do {
      return try await options.outlook?(configuration, next, options.clock.now)
    } catch {
      return "the coming days cannot be compared: \(error)"
    }
  }

  private func check(
    _ next: Configuration, _ change: ConfigurationChange, acceptDrop: Bool
  ) throws {
    guard StatePaths(next) == StatePaths(configuration), next.socket == configuration.socket else {
      throw Refusal(
        description: """
          changing `state:` or `socket:`, or changing `delivery:` from or to rehearsal, needs a restart: run \
          `systemctl restart kindly`
          """)
    }
    let dropped = change.droppedFraction
    if dropped > Reloader.largestDrop, !acceptDrop {
      throw Refusal(
        description: """
          the reload would remove \(Int(dropped * 100)) % of the rules; if this is intended, run `kindly reload --accept`
          """)
    }
  }

  private func adopt(_ next: Configuration) async throws {
    let now = options.clock.now
    let generation = try await GenerationAssembly(
      configuration: next, ledger: ledger, clock: options.clock,
      environment: options.environment, channels: options.channels
    ).make(archivedIn: ledger, now: now)
    if clocks.hold() == nil { _ = try await ledger.activate(generation.activations, now: now) }
    try await FuseMending(ledger: ledger, log: options.log, now: now).run(generation.rules)
    current.replace(with: generation)
    configuration = next
    options.setLog(next.level, next.timezone)
    health.reload(now: now, where: generation.has)
    breakers.reset()
    _ = try await ledger.wake(
      [
        .ruleAbsentWaiting, .templateError, .channelMisconfigured, .channelDown, .destinationDown,
        .ruleError,
        .sourceUnreachable, .recipientRefused, .addressInvalid, .rowInDoubt,
        .customerMissing, .recipientMissing, .columnMissing, .quietHours, .sendHours,
      ], scope: .all, now: now)
  }
}
