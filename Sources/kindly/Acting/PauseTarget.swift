import ArgumentParser
import KindlyConfig
import KindlyControl
import KindlyCore

/// The target of `pause` and `resume`: one rule, one channel, or everything.
struct PauseTarget: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The rule or channel; rule:NAME or channel:NAME if both have that name.",
      valueName: "rule|channel"),
    completion: Known.pauseTargets)
  var name: String?

  @Flag(help: "Everything: all rules over all channels.")
  var all = false

  func validate() throws {
    guard (name != nil) != all else {
      throw ValidationError("name a rule or a channel, or use --all")
    }
  }

  /// The scope that the name means in the configuration, or else in the ledger.
  func scope(_ workplace: Workplace) async throws -> ControlRequest.Scope {
    let configuration = workplace.configuration
    guard let name else { return .all }
    for (prefix, scope) in [
      ("rule:", ControlRequest.Scope.rule), ("channel:", ControlRequest.Scope.channel),
    ] where name.hasPrefix(prefix) {
      return scope(String(name.dropFirst(prefix.count)))
    }
    let isRule = configuration.rules.contains { $0.name == name }
    let isChannel = configuration.channel(named: name) != nil
    switch (isRule, isChannel) {
    case (true, false): return .rule(name)
    case (false, true): return .channel(name)
    case (true, true):
      throw Failure(
        .usage, "\(name) is both a rule and a channel; write rule:\(name) or channel:\(name)")
    case (false, false): return try await keptScope(name, workplace)
    }
  }

  /// The scope of a channel, of the configuration or the ledger.
  static func channel(
    _ name: String, _ workplace: Workplace
  ) async throws -> ControlRequest.Scope {
    let configured = workplace.configuration.channels.map(\.name)
    if configured.containsExactly(name) { return .channel(name) }
    let kept = try await workplace.readingIfThere { try await $0?.names() } ?? LedgerNames()
    if kept.channels.containsExactly(name) { return .channel(name) }
    throw Failure(.refused, UnknownName("channel", name, among: configured).text)
  }

  /// The scope of a name that is gone from the configuration: of which the ledger still holds reminders, or which a rule
  /// had before.
  private func keptScope(
    _ name: String, _ workplace: Workplace
  ) async throws -> ControlRequest.Scope {
    let kept = try await workplace.readingIfThere { try await $0?.names() } ?? LedgerNames()
    if kept.rules.containsExactly(name) { return .rule(name) }
    if kept.channels.containsExactly(name) { return .channel(name) }
    let configuration = workplace.configuration
    if let renamed = configuration.rule(named: name) { return .rule(renamed.name) }
    let names = configuration.rules.map(\.name) + configuration.channels.map(\.name)
    throw UnknownName(
      "rule or channel", name, among: names, plural: "rules and channels"
    ).failure
  }
}
