#if ODBC
  import KindlyCore

  /// A kind of database behind a driver: how to talk to it and how to read its rows.
  ///
  /// The SQL comes from its dialect; this protocol covers only what the driver changes.
  protocol ODBCDatabase: Sendable {
    associatedtype Dialect: SQLDialect
    /// What of a column's type decides how its texts are read.
    associatedtype Kind: Hashable, Sendable
    associatedtype Log: ChangeLog where Log.Reader == ODBCReader<Self>
    /// What is kept in memory from one question to the next.
    associatedtype Memory

    typealias Reader = ODBCReader<Self>
    typealias Shape = WatchShape<Dialect>

    /// The beginnings of what such databases call themselves.
    static var products: [String] { get }
    /// Whether its driver knows no UTF-16, and UTF-8 instead.
    static var takesUTF8: Bool { get }
    /// Whether the server ends a statement that takes too long; otherwise the driver is told to cancel it.
    static var endsStatements: Bool { get }
    /// Whether an ordered statement is asked in pages, because the driver fetches all rows before it gives the first.
    static var isPaged: Bool { get }

    /// Sets a new session up: nothing is assumed of the server's, the user's or the driver's settings.
    static func setUp(_ connection: ODBCConnection, deadline: Duration) throws
    /// The statements that begin a transaction.
    static func beginning(on connection: ODBCConnection, deadline: Duration) -> [String]
    /// The statements that end it, and undo what it did to the session.
    static func endings(of question: Question) -> [String]

    // MARK: Values

    static func kind(of column: ODBCColumn, in reader: Reader) -> Kind
    /// Whether a value is read as the bytes that it is stored as.
    static func isBinary(_ kind: Kind) -> Bool
    static func isBlob(_ kind: Kind) -> Bool
    static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> Value
    static func keyValue(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> Value?
    /// A text as a literal, perhaps with a NUL in it, which the way to the database may not carry.
    static func literal(_ text: String) -> String

    // MARK: Asking

    static func columns(of relation: String, in reader: Reader) throws -> [WatchColumn<Dialect>]
    static func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String, in reader: Reader
    ) throws -> QueryPlan
    static func time(at pace: SlicePace, in reader: Reader) throws -> Duration
    /// The column that a refusal says is not there.
    static func unknownColumn(in refusal: ODBCDiagnostic) -> String?
    /// An identity that distinguishes the database from others.
    static func identity(by reader: Reader) throws -> String
    /// A value that changes with each commit.
    static func version(by reader: Reader) throws -> Value
    static func reach(of cursor: WatchColumn<Dialect>, in reader: Reader) throws -> CursorReach
    static func catalogue(in reader: Reader) throws -> any Catalogue
    /// What `check` warns of.
    static func cautions(about shape: Shape, user: String?, in reader: Reader) throws -> [String]

    // MARK: The change log

    static func newMemory() -> Memory
    static func log(of shape: Shape, _ memory: Memory, in reader: Reader) throws -> Log
    static func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String

    // MARK: Refusals

    static func verdict(on refusal: ODBCDiagnostic) -> Verdict
    /// Where to look when a lock stays.
    static var lockHolders: String { get }
    /// What would let a user read.
    static func grant(to user: String?) -> String?
  }

  extension ODBCDatabase {
    static var takesUTF8: Bool { false }
    static func isBinary(_ kind: Kind) -> Bool { false }
    static func endings(of question: Question) -> [String] { ["ROLLBACK"] }
  }
#endif
