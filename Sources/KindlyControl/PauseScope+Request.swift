package import KindlyCore

extension PauseScope {
  /// The scope that a request names, as the ledger keeps it.
  package init(_ scope: ControlRequest.Scope) {
    switch scope {
    case .all: self = .all
    case .rule(let name): self = .rule(name)
    case .channel(let name): self = .channel(name)
    }
  }
}

extension ControlRequest.Scope {
  /// The name that neither the configuration nor the ledger has; nil if one of them has it.
  ///
  /// The ledger is asked only about a name that is not configured: a pause in an emergency waits for nothing.
  ///
  /// - Parameters:
  ///   - rules: the names of the configured rules.
  ///   - channels: the names of the configured channels.
  package func unknownName(
    rules: [String], channels: [String], in ledger: any ReadingLedger
  ) async throws -> UnknownName? {
    switch self {
    case .all: return nil
    case .rule(let name):
      guard !rules.containsExactly(name) else { return nil }
      let isKept = try await ledger.names().rules.containsExactly(name)
      return isKept ? nil : UnknownName("rule", name, among: rules)
    case .channel(let name):
      guard !channels.containsExactly(name) else { return nil }
      let isKept = try await ledger.names().channels.containsExactly(name)
      return isKept ? nil : UnknownName("channel", name, among: channels)
    }
  }
}
