/// Told of each commit of the ledger, before it is durable and before anybody hears of it.
///
/// A test throws from it, so that the process seems to die there: nothing more is written.
package struct CommitWitness: Sendable {
  package let before: @Sendable () throws -> Void
  package let after: @Sendable () throws -> Void

  package init(
    before: @escaping @Sendable () throws -> Void, after: @escaping @Sendable () throws -> Void
  ) {
    self.before = before
    self.after = after
  }
}
