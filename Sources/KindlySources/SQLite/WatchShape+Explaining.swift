import GRDB
import KindlyCore

extension WatchShape {
  /// SQLite's "no such column" with the column that was meant, or nil where the error is another.
  func explaining(_ error: any Error) -> SourceProblem? {
    guard let message = (error as? DatabaseError)?.message,
      message.hasPrefix(WatchShape.unknownColumn)
    else { return nil }
    let written = String(message.dropFirst(WatchShape.unknownColumn.count))
    let name = written.split(separator: ".").last.map(String.init) ?? written
    let near = Suggestion.nearest(to: name, among: columns.map(\.name))
    return SourceProblem(
      .condition,
      "a condition on watch \(watch.name) names the column \(written), which is not there",
      hint: near.map { "did you mean \($0)?" }
        ?? "a text is written in single quotes; the columns are \(columns.map(\.name).joined(separator: ", "))"
    )
  }

  private static let unknownColumn = "no such column: "
}
