/// Finds the name that was probably meant.
package enum Suggestion {
  /// ` (did you mean …?)`, or nothing where no name is near.
  package static func text(for word: String, among names: some Sequence<String>) -> String {
    nearest(to: word, among: names).map { "; did you mean `\($0)`?" } ?? ""
  }

  /// The nearest name, if it is at most a third of its letters away.
  package static func nearest(to word: String, among names: some Sequence<String>) -> String? {
    let lower = word.lowercased()
    let ranked = names.map { (name: $0, distance: distance(lower, $0.lowercased())) }
      .filter { $0.distance <= max(1, max($0.name.count, word.count) / 3) }
    return ranked.min { ($0.distance, ExactText($0.name)) < ($1.distance, ExactText($1.name)) }?
      .name
  }

  /// The nearest name among those that databases and files gave.
  package static func nearest(to word: String, among names: some Sequence<ExactText>) -> String? {
    nearest(to: word, among: names.map(\.string))
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other
  /// (optimal string alignment).
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var before: [Int] = []
    var row = Array(0...right.count)
    for i in 1...left.count {
      var next = [i] + Array(repeating: 0, count: right.count)
      for j in 1...right.count {
        let cost = left[i - 1] == right[j - 1] ? 0 : 1
        next[j] = min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          next[j] = min(next[j], before[j - 2] + 1)
        }
      }
      before = row
      row = next
    }
    return row[right.count]
  }
}
