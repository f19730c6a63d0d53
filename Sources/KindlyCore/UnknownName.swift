/// A name that a person typed and nothing has, with the one that was probably meant.
package struct UnknownName: Hashable, Sendable {
  private let kind: String
  private let name: String
  private let known: [String]
  private let plural: String

  /// The most names that a message lists; a person reads no more.
  private static let mostListed = 20

  package init(
    _ kind: String, _ name: String, among known: [String], plural: String? = nil
  ) {
    self.kind = kind
    self.name = name
    self.known = known
    self.plural = plural ?? kind + "s"
  }

  /// `there is no rule trail; did you mean `trial`?`, or the names that there are.
  package var text: String {
    let suggestion = Suggestion.text(for: name, among: known)
    return "there is no \(kind) \(name)\(suggestion.isEmpty ? list : suggestion)"
  }

  private var list: String {
    if known.isEmpty { return "; there are no \(plural)" }
    let shown = known.prefix(UnknownName.mostListed).joined(separator: ", ")
    let rest = known.count - UnknownName.mostListed
    return "; the \(plural) are \(shown)" + (rest > 0 ? " and \(rest) more" : "")
  }
}
