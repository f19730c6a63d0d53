import KindlyCore

/// How a text seems to have been misread in the wrong encoding.
///
/// It is judged by form alone: UTF-8 or Chinese text read as latin1 is a run of letters that no language uses. One or
/// two such letters may be a name, so in doubtful cases only longer runs count.
enum Misreading: Hashable, Sendable {
  /// Bytes that are no text at all were replaced.
  case replaced
  /// UTF-8 that was stored as latin1.
  case utf8
  /// GBK or GB18030 that was stored as latin1.
  case chinese

  init?(_ text: String) {
    guard text.utf8.contains(where: { $0 > 0x7F }) else { return nil }
    var row: [UInt8] = []
    var found: Misreading?
    for scalar in text.unicodeScalars {
      if scalar == "\u{FFFD}" {
        self = .replaced
        return
      }
      if scalar.isASCII {
        found = found ?? Misreading.of(row)
        row.removeAll(keepingCapacity: true)
        continue
      }
      // A letter that latin1 does not have was read rightly, and so was its text.
      guard let byte = Misreading.latin1(scalar) else { return nil }
      row.append(byte)
    }
    guard let misreading = found ?? Misreading.of(row) else { return nil }
    self = misreading
  }

  var words: String {
    switch self {
    case .replaced: "bytes that are no text"
    case .utf8: "UTF-8 that was stored as latin1"
    case .chinese: "a Chinese encoding that was stored as latin1"
    }
  }

  /// What the bytes of neighbouring letters are.
  private static func of(_ row: [UInt8]) -> Misreading? {
    guard row.count > 1 else { return nil }
    if String(validating: row, as: UTF8.self) != nil { return .utf8 }
    // The usual characters of GB 2312, at least two of them.
    let pairs = stride(from: 0, to: row.count - 1, by: 2)
    let isChinese =
      row.count >= 4 && row.count.isMultiple(of: 2)
      && pairs.allSatisfy { (0xB0...0xF7).contains(row[$0]) && row[$0 + 1] >= 0xA1 }
    return isChinese ? .chinese : nil
  }

  /// A scalar's byte in what servers call latin1, which is Windows-1252.
  private static func latin1(_ scalar: Unicode.Scalar) -> UInt8? {
    if (0x80...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
    return windows[scalar]
  }

  private static let windows: [Unicode.Scalar: UInt8] = [
    "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88,
    "‰": 0x89, "Š": 0x8A, "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93,
    "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B,
    "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
  ]
}

/// The columns of some rows that seem to be misread: in which of them, and how; never what they hold.
struct MisreadColumns {
  private struct Found {
    let misreading: Misreading
    var count = 0
    /// The first of the rows.
    var keys: [RowKey] = []

    mutating func note(_ key: RowKey) {
      count += 1
      if keys.count < MisreadColumns.mostKeys { keys.append(key) }
    }
  }

  private var columns: [ExactText: Found] = [:]
  private var rows = 0

  /// As many rows as a person looks up to see what is wrong.
  fileprivate static let mostKeys = 3

  mutating func take(_ row: RowAnswer) {
    rows += 1
    for (column, value) in row.values {
      guard case .text(let text) = value, let misreading = Misreading(text) else { continue }
      columns[column, default: Found(misreading: misreading)].note(row.key)
    }
  }

  /// A sentence for each column, without the watch's name.
  var sentences: [(column: String, text: String)] {
    columns.sorted { $0.key < $1.key }.map { column, found in
      let keys = found.keys.sorted().map { "\($0)" }.joined(separator: ", ")
      let others = found.count > found.keys.count ? ", …" : ""
      return (
        column.string,
        "the column \(column) looks misread in \(found.count) of the \(counted(rows, "row")) that were checked "
          + "(\(found.keys.count == 1 ? "key" : "keys") \(keys)\(others)): \(found.misreading.words); its letters would be "
          + "sent like this"
      )
    }
  }
}
