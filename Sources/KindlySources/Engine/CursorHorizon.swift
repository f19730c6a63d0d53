import KindlyCore

/// The transactions that others have open on a server, by the numbers and addresses that name each of them.
struct OpenTransactions: Sendable {
  /// Those that may hold a value that is not committed.
  var open: Set<String> = []  // in ASCII, by the server
  /// Those, and under what other names those of an earlier time may live on.
  var alive: Set<String> = []  // in ASCII, by the server
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
    let open: Set<String>  // in ASCII, by the server
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

/// How far a cursor may go on.
enum CursorReach: Sendable {
  /// To the highest value: writers commit in the order in which they write, or nobody can see their transactions.
  case head
  /// To what was the highest value before these transactions had begun.
  case behind(OpenTransactions)
  /// To this value, up to which the database itself says that all is settled.
  case settled(Value)
}

/// The horizons of the cursors that go on over one connection.
struct CursorHorizons: Sendable {
  private var horizons: [ExactText: CursorHorizon] = [:]
  /// The cursors that go on to the highest value.
  private var unbounded: Set<ExactText> = []

  /// Takes how far the cursor may go on; `head` was its highest value before that was known.
  mutating func note(_ head: Value, _ reach: CursorReach, for request: CursorRequest) {
    let name = CursorHorizons.name(request)
    unbounded.remove(name)
    switch reach {
    case .head: unbounded.insert(name)
    case .behind(let transactions):
      horizons[name, default: CursorHorizon()].note(head, transactions)
    case .settled(let value):
      horizons[name, default: CursorHorizon()].note(value, OpenTransactions())
    }
  }

  /// The value up to which the cursor may go on; nil where that is the highest one.
  func settled(for request: CursorRequest) -> Value? {
    let name = CursorHorizons.name(request)
    return unbounded.contains(name) ? nil : horizons[name]?.settled ?? request.from
  }

  /// The next connection may reach another server, whose transactions have other names.
  mutating func forget() { horizons.removeAll() }

  private static func name(_ request: CursorRequest) -> ExactText {
    ExactText(request.watch.name + " " + request.column)
  }
}
