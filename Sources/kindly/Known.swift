import ArgumentParser
import KindlyChannels
import KindlyConfig
import KindlyCore

/// What the shell offers for the names of a configuration.
enum Known {
  static var rules: CompletionKind { names { $0.rules.map(\.name) } }
  static var channels: CompletionKind { names { $0.channels.map(\.name) } }
  static var watches: CompletionKind { names { $0.watches.map(\.name) } }
  static var sources: CompletionKind { names { $0.sources.map(\.name) + [LedgerView.source] } }

  static var watchesAndSources: CompletionKind {
    names { $0.watches.map(\.name) + $0.sources.map(\.name) }
  }

  static var pauseTargets: CompletionKind {
    names { $0.rules.map(\.name) + $0.channels.map(\.name) }
  }

  private static func names(
    _ names: @escaping @Sendable (Configuration) -> [String]
  ) -> CompletionKind {
    .custom { words, _, _ in configuration(words).map(names) ?? [] }
  }

  /// The configuration that the words on the command line name; none where it has errors.
  private static func configuration(_ words: [String]) -> Configuration? {
    let flag = "--config"
    let folder =
      words.firstIndex(of: flag).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
      ?? words.first { $0.hasPrefix(flag + "=") }.map { String($0.dropFirst(flag.count + 1)) }
      ?? ConfigurationPlace.standard
    // Losing the error is right: a shell that waits for words has no place for it.
    return try? ConfigurationLoader.load(folder: folder)
  }
}
