package import KindlyCore

/// Reads people from the watch of their directory, many at once.
package struct PeopleLookup: Sendable {
  private let home: Home?
  private let segments: [Segment]
  private let clock: QueryClock

  /// The place where they are stored.
  private struct Home: Sendable {
    let directory: PeopleDirectory
    let watch: Watch
    let source: any CustomerSource
  }

  /// A person as the directory has them now, and whether the directory's `if` holds and they are in the segments asked about.
  package struct Entry: Sendable {
    package let person: Person
    package let holds: Bool
    /// Why these conditions could not be evaluated for this person, or why their row could not be read.
    package let fault: SourceProblem?

    package init(person: Person, holds: Bool, fault: SourceProblem? = nil) {
      self.person = person
      self.holds = holds
      self.fault = fault
    }
  }

  /// A lookup in a directory; without one, or without its watch or source, nobody is found.
  init(
    directory: PeopleDirectory?, watch: Watch?, source: (any CustomerSource)?,
    segments: [Segment] = [], clock: QueryClock
  ) {
    if let directory, let watch, let source {
      home = Home(directory: directory, watch: watch, source: source)
    } else {
      home = nil
    }
    self.segments = segments
    self.clock = clock
  }

  /// Finds the people with the given keys. A key that is missing from the answer is not in the directory.
  ///
  /// A person is found under every key that the database considers equal to theirs, and is returned with the key as
  /// the directory writes it.
  package func find(_ keys: Set<RowKey>) async throws(SourceProblem) -> [RowKey: Entry] {
    guard let home, !keys.isEmpty else { return [:] }
    var entries: [RowKey: Entry] = [:]
    let sorted = keys.sorted()
    for start in stride(from: 0, to: sorted.count, by: RowQuestion.mostKeys) {
      let slice = Array(sorted[start..<min(start + RowQuestion.mostKeys, sorted.count)])
      let rows = try await home.source.rows(
        RowQuestion(
          watch: home.watch, keys: slice,
          conditions: [home.directory.condition].compactMap(\.self) + segments.map(\.condition),
          clock: clock))
      for (key, row) in rows {
        entries[key] = Entry(
          person: home.directory.person(key: row.key, row.values), holds: row.holds,
          fault: row.fault)
      }
    }
    return entries
  }

  /// The directory's spelling of people's keys, for keys that it writes with different bytes.
  ///
  /// If the directory does not answer now, the row's own key is used; they are looked up again before anything is
  /// sent.
  package func spellings(of keys: Set<RowKey>) async -> [RowKey: RowKey] {
    let doubtful = keys.filter(\.mayBeSpelledOtherwise)
    guard !doubtful.isEmpty else { return [:] }
    // It is reported when they are looked up to send something.
    guard let entries = try? await find(doubtful) else { return [:] }
    return entries.mapValues(\.person.key).filter { $0.key != $0.value }
  }
}

/// Whom a row is about.
package enum RowSubject: Sendable {
  case customer(PeopleLookup.Entry)
  case nobody
  /// The row names no customer, or one who is not in the directory.
  case unknown

  /// - Parameters:
  ///   - customer: the key of the row's customer.
  ///   - customers: the customers that were found.
  package init(
    _ customer: RowKey?, of watch: Watch, among customers: [RowKey: PeopleLookup.Entry]
  ) {
    if let entry = customer.flatMap({ customers[$0] }) {
      self = .customer(entry)
    } else {
      self = watch.isAboutNobody(customer: customer) ? .nobody : .unknown
    }
  }

  /// The customer; nil if there is none.
  package var person: Person? {
    switch self {
    case .customer(let entry): entry.person
    case .nobody, .unknown: nil
    }
  }

  /// Whether the conditions on customers admit the row, including the segments that a customer was asked about. A row
  /// about nobody is in no segment.
  package func holds(in segments: [Segment]) -> Bool {
    switch self {
    case .customer(let entry): entry.holds
    case .nobody: segments.isEmpty
    case .unknown: false
    }
  }
}

extension Watch {
  /// The customer whom a reminder is about now; nil if its row names none, or is about nobody.
  ///
  /// - Parameters:
  ///   - row: the reminder's row; nil if it is absent.
  ///   - planned: the customer of the reminder when it was planned. Only a row that is absent or cannot be read still
  ///     counts as theirs.
  package func customer(of row: RowAnswer?, orElse planned: RowKey?) -> RowKey? {
    if about == .nobody { return nil }
    guard let row else { return planned }
    return row.customer ?? (row.fault == nil ? nil : planned)
  }
}

extension RowKey {
  /// Whether a database may treat another text as equal to this key; digits equal only themselves in every collation.
  fileprivate var mayBeSpelledOtherwise: Bool {
    !columns.allSatisfy { column in
      column.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }
}
