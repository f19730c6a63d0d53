import KindlyCore

/// The transactions that others have open on a server, by names that no two of them have.
struct OpenTransactions: Sendable {
  /// Those that may hold a value that is not committed.
  var open: Set<String> = []
  /// Those, and under what other names those of an earlier time may live on.
  var alive: Set<String> = []
  /// Whether the list is of now. One that is not tells nothing, and what is settled stays as it was.
  var isFresh = true
}

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
  mutating func note(_ head: Value, _ transactions: OpenTransactions) {
    guard transactions.isFresh else { return }
    guard !transactions.open.isEmpty else {
      settled = head
      notes.removeAll()
      return
    }
    if let last = notes.lastIndex(where: { $0.open.isDisjoint(with: transactions.alive) }) {
      settled = notes[last].head
      notes.removeFirst(last + 1)
    }
    // A later note of the same value would be settled later.
    if notes.last?.head != head, notes.count < CursorHorizon.mostNotes {
      notes.append(Note(head: head, open: transactions.open))
    }
  }
}
