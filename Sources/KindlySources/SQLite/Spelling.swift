/// Finds the name that a mistyped one was meant to be.
enum Spelling {
  /// The nearest of the names, or nil where none is near: a third of the letters may differ.
  static func nearest(to name: String, in names: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let near = names.map { (name: $0, distance: distance(wanted, Array($0.lowercased()))) }
      .min { $0.distance < $1.distance }
    guard let near, near.distance <= max(1, wanted.count / 3) else { return nil }
    return near.name
  }

  /// The number of letters to insert, delete or replace (Levenshtein), one row of the table at a time.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
