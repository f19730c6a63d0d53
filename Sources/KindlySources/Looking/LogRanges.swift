import KindlyCore

/// Which part of a log was read: everything up to an id, and ranges of ids after it.
struct LogRanges {
  private var position: Int64
  /// In rising order, apart from each other and from the position.
  private var ranges: [ClosedRange<Int64>] = []

  /// Reads the ranges stored in a place, such as `120-140,142-142`. A value stored by another mode contains none.
  init(_ place: LogPlace) {
    position = place.position
    guard case .text(let text) = place.transactions else { return }
    let ids = text.split(separator: ",").flatMap { range in
      range.split(separator: "-").compactMap { Int64($0) }
    }
    for index in stride(from: 0, to: ids.count - 1, by: 2) where ids[index] <= ids[index + 1] {
      add(ids[index]...ids[index + 1])
    }
  }

  var place: LogPlace {
    let texts = ranges.map { "\($0.lowerBound)-\($0.upperBound)" }
    return LogPlace(
      position: position,
      transactions: texts.isEmpty ? .null : .text(texts.joined(separator: ",")))
  }

  /// The highest id that was read.
  var last: Int64 { ranges.last?.upperBound ?? position }

  /// The gaps that may contain unread entries, in ascending order, both ends excluded.
  var gaps: [(after: Int64, before: Int64)] {
    let starts = [position] + ranges.map(\.upperBound)
    let ends = ranges.map(\.lowerBound) + [Int64.max]
    return zip(starts, ends).map { ($0, $1) }
  }

  mutating func take(_ ids: [Int64]) { for id in ids { add(id...id) } }

  /// Passes the ids up to one for good, whether they were read or never came.
  mutating func settle(upTo id: Int64) {
    position = max(position, id)
    while let first = ranges.first, first.lowerBound <= position + 1 {
      position = max(position, first.upperBound)
      ranges.removeFirst()
    }
  }

  /// Adds a range, joined with those that it touches.
  private mutating func add(_ range: ClosedRange<Int64>) {
    guard range.upperBound > position else { return }
    var (low, high) = (range.lowerBound, range.upperBound)
    let index = ranges.firstIndex { $0.upperBound >= low - 1 } ?? ranges.endIndex
    var end = index
    while end < ranges.endIndex, ranges[end].lowerBound <= high + 1 {
      low = min(low, ranges[end].lowerBound)
      high = max(high, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(index..<end, with: [low...high])
  }
}

extension LogRanges {
  /// Continues reading in the gaps between what was read, and after it.
  ///
  /// The statement returns the entries between `:after` and `:before` in order of id. At most one entry more than the
  /// limit is read, which shows that there are more.
  mutating func read(
    _ sql: String, limit: Int, into slice: inout LogSlice, in reader: some EngineReader
  ) throws {
    for gap in gaps where !slice.hasMore {
      try reader.each(
        sql, ["after": .integer(gap.after), "before": .integer(gap.before)]
      ) { row in slice.take(row, limit: limit) }
    }
    take(slice.entries.map(\.id))
  }
}
