import ArgumentParser
import KindlyConfig
import KindlyControl
import KindlyCore

/// What `pause` and `resume` are about: one rule, one channel, or everything.
struct PauseTarget: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The rule or the channel; write `rule:NAME` or `channel:NAME` where both have the name.",
      valueName: "rule|channel"))
  var name: String?

  @Flag(help: "Everything.")
  var all = false

  func validate() throws {
    guard (name != nil) != all else {
      throw ValidationError("say what: a rule, a channel, or --all")
    }
  }

  /// The scope that the name means in a configuration.
  func scope(in configuration: Configuration) throws -> ControlRequest.Scope {
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
    case (false, false):
      let rules = configuration.rules.map(\.name).joined(separator: ", ")
      let channels = configuration.channels.map(\.name).joined(separator: ", ")
      throw Failure(
        .refused,
        "there is no rule or channel \(name); the rules are \(rules), the channels \(channels)")
    }
  }
}
