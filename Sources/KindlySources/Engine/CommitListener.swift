import KindlyCore

/// Hears of commits on a server as they happen.
protocol CommitListener: Sendable {
  /// Calls `heard` when it begins to hear, because what was committed before was not told, and then at each commit.
  ///
  /// Returns when the task is cancelled, and throws when nothing more will be heard.
  func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem)
}
