#if ODBC
  import CODBC

  /// The values of one row, each as its text in UTF-8 or as its bytes, one behind the other.
  final class ODBCCells {
    private var bytes: [UInt8] = []
    /// Where each ends, and whether it is NULL.
    private var ends: [(end: Int, isNull: Bool)] = []
    private let part: UnsafeMutableBufferPointer<SQLWCHAR>
    /// Whether the driver gives texts in UTF-8, with whatever else is in them.
    private let isUTF8: Bool
    /// The parts of a long text.
    private var whole: [SQLWCHAR] = []

    /// How much of a value is fetched at once, in units of two bytes: most are whole in one part.
    private static let partSize = 4096
    private static let unit = MemoryLayout<SQLWCHAR>.size

    init(inUTF8 isUTF8: Bool) {
      self.isUTF8 = isUTF8
      part = .allocate(capacity: ODBCCells.partSize)
    }

    deinit { part.deallocate() }

    func removeAll() {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
    }

    /// Gives a value's bytes to `body`; nil where it is NULL.
    func read<Answer>(
      _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Answer
    ) -> Answer? {
      guard !ends[column].isNull else { return nil }
      let start = column == 0 ? 0 : ends[column - 1].end
      return bytes.withUnsafeBufferPointer {
        body(UnsafeBufferPointer(rebasing: $0[start..<ends[column].end]))
      }
    }

    /// Takes the next value of the row that a statement stands on; false where the driver fails.
    func take(_ column: Int, of statement: SQLHSTMT, asBytes isBinary: Bool) -> Bool {
      let capacity = part.count * ODBCCells.unit
      // A text has a NUL at the end of each part.
      let room = isBinary ? capacity : capacity - (isUTF8 ? 1 : ODBCCells.unit)
      let type = SQLSMALLINT(isBinary ? SQL_C_BINARY : isUTF8 ? SQL_C_CHAR : SQL_C_WCHAR)
      while true {
        var length: SQLLEN = 0
        let answer = SQLGetData(
          statement, SQLUSMALLINT(column + 1), type, part.baseAddress, SQLLEN(capacity), &length)
        if answer == SQL_NO_DATA { break }
        guard answer == SQL_SUCCESS || answer == SQL_SUCCESS_WITH_INFO else { return false }
        if length == SQL_NULL_DATA {
          ends.append((bytes.count, true))
          return true
        }
        let isPart = length == SQL_NO_TOTAL || Int(length) > room
        let count = isPart ? room : Int(length)
        if isBinary || isUTF8 {
          bytes += UnsafeRawBufferPointer(part)[..<count]
        } else if !isPart, whole.isEmpty {
          append(UnsafeBufferPointer(rebasing: part[..<(count / ODBCCells.unit)]))
        } else {
          whole += part[..<(count / ODBCCells.unit)]
        }
        if !isPart { break }
      }
      // Decoded when it is whole, because a character may lie in two parts.
      if !whole.isEmpty {
        whole.withUnsafeBufferPointer { append($0) }
        whole.removeAll(keepingCapacity: true)
      }
      ends.append((bytes.count, false))
      return true
    }

    private func append(_ units: UnsafeBufferPointer<SQLWCHAR>) {
      if units.contains(where: { $0 >= 0x80 }) {
        bytes += String(decoding: units, as: UTF16.self).utf8
      } else {
        for unit in units { bytes.append(UInt8(truncatingIfNeeded: unit)) }
      }
    }
  }
#endif
