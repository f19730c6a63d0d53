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
