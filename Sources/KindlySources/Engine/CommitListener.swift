import KindlyCore

/// Reports commits on a server as they happen.
protocol CommitListener: Sendable {
  /// Calls `heard` when listening begins, because earlier commits were not reported, and then at each commit.
  ///
  /// Returns when the task is cancelled; throws when no more commits will be reported.
  func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem)
}
