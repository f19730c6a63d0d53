import KindlyCore

/// The open transactions of other sessions on a server, each identified by numbers and addresses.
struct OpenTransactions: Sendable {
  /// The transactions that may contain an uncommitted value.
  var open: Set<String> = []  // in ASCII, by the server
  /// The transactions in `open`, and the other names under which earlier ones may continue.
  var alive: Set<String> = []  // in ASCII, by the server
  /// Whether the list is current. An outdated list proves nothing, so the settled value stays as it was.
  var isFresh = true
}

/// Finds the value of a rising column up to which nothing more can be committed.
///
/// With many writers, a row may be committed after another row with a higher value, and a cursor that continued from
/// the highest value would miss it. So the highest value is noted together with the transactions that were open just
/// after it was read. Transactions that begin later write higher values. Once all the noted ones have ended, every row
/// up to the noted value can be read.
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

/// How far a cursor may advance.
enum CursorReach: Sendable {
  /// To the highest value: either commits are in the order of writes, or nobody may see the writers' transactions.
  case head
  /// To the value that was the highest before these transactions began.
  case behind(OpenTransactions)
  /// To this value; the database itself says that everything up to it is settled.
  case settled(Value)
}

/// The horizons of the cursors that go on over one connection.
struct CursorHorizons: Sendable {
  private var horizons: [ExactText: CursorHorizon] = [:]
  /// The cursors that go on to the highest value.
  private var unbounded: Set<ExactText> = []

  /// Records how far a cursor may advance; `head` was its highest value before that was determined.
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
