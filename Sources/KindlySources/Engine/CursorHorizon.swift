import KindlyCore

/// Tells up to which value of a rising column nothing can be committed any more.
///
/// Where many write at once, a row may be committed after another that has a higher value, and a cursor that went on from
/// the highest one would pass it by. So the highest value is noted together with the transactions that were open right
/// after it was read: one that begins later writes a higher value, and when all of these have ended, everything up to the
/// noted value is there to be read.
struct CursorHorizon: Sendable {
  private struct Note {
    let head: Value
    let open: Set<String>
  }

  private var notes: [Note] = []
  /// The highest value that is settled; nil before one was.
  private(set) var settled: Value?

  /// Notes are taken at each look while a transaction stays open; what is not noted is only settled later.
  private static let mostNotes = 64

  /// Takes the column's highest value, and the transactions that were open after it was read and before the rows are.
  ///
  /// `alive` has more names where those of earlier notes may live on under another; nil where they do not.
  mutating func note(_ head: Value, open: Set<String>, alive: Set<String>? = nil) {
    guard !open.isEmpty else {
      settled = head
      notes.removeAll()
      return
    }
    if let last = notes.lastIndex(where: { $0.open.isDisjoint(with: alive ?? open) }) {
      settled = notes[last].head
      notes.removeFirst(last + 1)
    }
    // A later note of the same value would be settled later.
    if notes.last?.head != head, notes.count < CursorHorizon.mostNotes {
      notes.append(Note(head: head, open: open))
    }
  }
}
