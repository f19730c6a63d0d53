import KindlyCore

/// Reads the neighbours of a batch's occurrences; consecutive occurrences of one row share a reading.
///
/// A daily rule has several occurrences of a row in one batch, and each stands beside the same hundreds of reminders.
struct NeighbourReader {
  let statement: Prepared
  let lives: KeyLives?
  /// Whether all occurrences of a row have the same neighbours.
  let isByRow: Bool
  private var last: (key: RowKey, neighbours: [Neighbour])?

  init(statement: Prepared, lives: KeyLives?, isByRow: Bool) {
    self.statement = statement
    self.lives = lives
    self.isByRow = isByRow
  }

  mutating func neighbours(of occurrence: PlannedOccurrence) throws -> [Neighbour] {
    if isByRow, let last, last.key == occurrence.key { return last.neighbours }
    let neighbours = try read(occurrence)
    last = (occurrence.key, neighbours)
    return neighbours
  }

  /// What was read may have changed.
  mutating func forget() { last = nil }

  private func read(_ occurrence: PlannedOccurrence) throws -> [Neighbour] {
    let life = try lives?.life(of: occurrence.key)
    statement.bind(occurrence.key.text, at: 2)
    if !isByRow { statement.bind(occurrence.cycle.text, at: 4) }
    var neighbours: [Neighbour] = []
    while try statement.step() {
      if let life, statement.instant(11) < life.since { continue }
      let stored = Cycle(stored: statement.text(2))
      neighbours.append(
        Neighbour(
          id: statement.integer(0), leg: Int(statement.integer(1)),
          cycle: life == nil ? stored : stored.ofRow(1),
          trigger: try Stored.trigger(statement.integer(3)),
          state: try Stored.state(statement.integer(4)),
          reason: try Stored.reason(statement.optionalInteger(5)), due: statement.instant(6),
          useUntil: statement.instant(7), next: statement.optionalInstant(8),
          revivals: Int(statement.integer(9)), hasSuccessor: statement.integer(10) != 0,
          routePosition: Int(statement.integer(12)), isOfStep: statement.integer(13) != 0,
          told: told(), decided: statement.optionalInstant(14),
          isOfOtherUnit: statement.integer(17) != 0))
    }
    return neighbours
  }

  private func told() -> Announcement? {
    guard let date = statement.optionalText(15), let until = statement.optionalInstant(16) else {
      return nil
    }
    return Announcement(date: AnnouncedDate(stored: date), until: until)
  }
}
