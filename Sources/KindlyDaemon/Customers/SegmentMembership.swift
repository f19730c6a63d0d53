package import KindlyCore

/// Asks of customers which segments they are not in, so that this can be told by the segments' names.
package struct SegmentMembership: Sendable {
  let databases: CustomerDatabases
  let segments: [Segment]
  let now: Instant

  /// What is known about one customer.
  package struct Standing: Hashable, Sendable {
    /// The names of the segments that the customer is not in.
    package var outside: [String] = []
    /// Why a segment could not be asked about the customer.
    package var fault: SourceProblem?

    package init() {}
  }

  /// The standings of customers, by their keys; a customer who is missing from the answer is not in the directory.
  ///
  /// The directory's own `if` is not asked.
  package func ask(_ customers: Set<RowKey>) async throws(SourceProblem) -> [RowKey: Standing] {
    guard !segments.isEmpty, !customers.isEmpty, let home = databases.home,
      let source = databases.sources[home.source]
    else { return [:] }
    var standings: [RowKey: Standing] = [:]
    let keys = customers.sorted()
    for start in stride(from: 0, to: keys.count, by: RowQuestion.mostKeys) {
      let slice = Array(keys[start..<min(start + RowQuestion.mostKeys, keys.count)])
      for segment in segments {
        let rows = try await source.rows(
          RowQuestion(
            watch: home, keys: slice, conditions: [segment.condition],
            clock: databases.clock(at: now)))
        for (key, row) in rows {
          standings[key, default: Standing()].add(row, of: segment)
        }
      }
    }
    return standings
  }
}

extension SegmentMembership.Standing {
  fileprivate mutating func add(_ row: RowAnswer, of segment: Segment) {
    if let problem = row.fault {
      fault = fault ?? problem
    } else if !row.holds {
      outside.append(segment.name)
    }
  }
}

extension CustomerDatabases {
  /// Which of some segments customers are not in.
  package func membership(in segments: [Segment], now: Instant) -> SegmentMembership {
    SegmentMembership(databases: self, segments: segments, now: now)
  }
}
