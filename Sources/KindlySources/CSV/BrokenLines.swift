/// The lines of a file that could not be read and are left out, while the others are served.
struct BrokenLines {
  /// The first of them, as a person needs them.
  private(set) var examples: [CSVFault] = []
  private(set) var count = 0

  /// How many are reported; a person looks at no more before fixing them all.
  static let mostExamples = 5
  /// A file with more, and with more than a tenth of its lines, was not meant so: its encoding or its separator is another.
  private static let most = 20

  mutating func add(_ fault: CSVFault, beside records: Int) throws(CSVFault) {
    count += 1
    if examples.count < BrokenLines.mostExamples { examples.append(fault) }
    // Reading on to the end of a large file of which nothing can be read would take its time.
    if count > 1000 { try check(beside: records) }
  }

  /// Throws the first fault where too many lines could not be read, or no other could.
  func check(beside records: Int) throws(CSVFault) {
    guard let first = examples.first else { return }
    let isTooMany = count > BrokenLines.most && count > (count + records) / 10
    if records == 0 || isTooMany { throw first }
  }
}
