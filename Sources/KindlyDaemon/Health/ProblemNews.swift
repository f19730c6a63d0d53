package import KindlyCore
package import Logging

/// What differs in the problems of one place since it was last looked at.
package struct ProblemNews: Hashable, Sendable {
  /// Those that have begun, and those whose details have changed.
  package let new: [Problem]
  /// Those that are over.
  package let gone: [Problem]

  /// Compares what was found before with what is found now.
  init(before: [Problem], now: [Problem]) {
    new = now.filter { !before.contains($0) }
    gone = before.filter { old in !now.contains { $0.isSame(as: old) } }
  }

  /// Logs each, once.
  package func tell(_ log: Logger, in zone: Zone, metadata: Logger.Metadata = [:]) {
    for sentence in new.flatMap({ $0.sentences(in: zone) }) {
      log.warning("\(sentence)", metadata: metadata)
    }
    for sentence in gone.flatMap({ $0.sentences(in: zone) }) {
      log.notice("resolved: \(sentence)", metadata: metadata)
    }
  }
}

extension Problem {
  /// Whether it is the same problem as another, whatever its other details are.
  fileprivate func isSame(as other: Problem) -> Bool {
    subject == other.subject && item.isExactly(other.item)
  }
}
