#if MariaDB
  import KindlyCore

  extension MariaDBDialect {
    static func dateless(_ type: MariaDBType) -> String? {
      switch type.kind {
      case .integer, .real, .decimal, .text, .date, .datetime, .instant: nil
      case .bit: "of type BIT, which holds no dates"
      case .blob: "a BLOB, which holds no dates"
      case .other: "of a type such as ENUM or TIME, which holds no dates"
      }
    }

    static func ranges(
      _ intervals: [AnchorInterval], _ type: MariaDBType, within span: ColumnSpan
    ) -> [ValueRange] {
      switch type.kind {
      case .date:
        return typed(intervals, within: span) {
          ($0.firstDate.description, $0.lastDate.adding(days: 1).description)
        }
      case .datetime, .instant:
        return typed(intervals, within: span) { (wall($0.lower), wall($0.upper + 1)) }
      case .integer, .real, .decimal:
        let numbers = ColumnSpan(numbers: span.numbers, texts: nil)
        return AnchorRanges.all(intervals, within: numbers).filter { $0.low.number != nil }
      case .text, .bit, .blob, .other:
        return AnchorRanges.all(intervals, within: ColumnSpan(numbers: nil, texts: span.texts))
      }
    }

    private static func typed(
      _ intervals: [AnchorInterval], within span: ColumnSpan,
      _ bounds: (AnchorInterval) -> (low: String, high: String)
    ) -> [ValueRange] {
      guard let held = span.texts else { return [] }
      return intervals.compactMap { interval in
        let (low, high) = bounds(interval)
        guard !held.high.lexicographicallyPrecedes(low.utf8),
          held.low.lexicographicallyPrecedes(high.utf8)
        else { return nil }
        return ValueRange(low: .text(low), high: .text(high))
      }
    }

    private static func wall(_ second: Int64) -> String {
      let wall = WallClock(Instant(seconds: second), offset: 0)
      return "\(wall.date) \(wall.timeText)"
    }

    /// What can be looked for at all: everything readable, and no 0000-00-00.
    private static func readable(_ type: MariaDBType) -> (low: Value, high: Value)? {
      switch type.kind {
      case .date, .datetime: (.text("0900-01-01"), .text("3100-01-01"))
      // It begins with 1970.
      case .instant: (.text("1970-01-02"), .text("3100-01-01"))
      case .text, .other: (.text("/"), .text(":"))
      case .integer, .real, .decimal:
        (.integer(-1_000_000_000_000_000_000), .integer(1_000_000_000_000_000_000))
      case .bit, .blob: nil
      }
    }

    static func span<Reader: EngineReader>(
      of column: WatchColumn<MariaDBDialect>, in relation: String, by reader: Reader
    ) throws -> ColumnSpan where Reader.Dialect == MariaDBDialect {
      guard let (low, high) = readable(column.type) else {
        return ColumnSpan(numbers: nil, texts: nil)
      }
      let bounds = ["kindly_low": low, "kindly_high": high]
      func end(_ direction: String) throws -> Value? {
        try reader.value(
          """
          SELECT \(column.this)
          FROM \(relation) AS this
          WHERE \(column.ordered) >= \(place(":kindly_low", column.type))
            AND \(column.ordered) < \(place(":kindly_high", column.type))
          ORDER BY \(column.ordered) \(direction)
          LIMIT 1
          """, bounds)
      }
      guard let first = try end("ASC"), let last = try end("DESC") else {
        return ColumnSpan(numbers: nil, texts: nil)
      }
      if let low = number(first, column.type), let high = number(last, column.type) {
        return ColumnSpan(numbers: min(low, high)...max(low, high), texts: nil)
      }
      return ColumnSpan(
        numbers: nil,
        texts: ColumnSpan.Texts(low: Array(first.text.utf8), high: Array(last.text.utf8)))
    }

    private static func number(_ value: Value, _ type: MariaDBType) -> Double? {
      if type.kind == .decimal, case .text(let text) = value { return Double(text) }
      return value.number
    }

    static func example(_ type: MariaDBType) -> ValueRange {
      switch type.kind {
      case .integer, .real, .decimal, .bit: ValueRange(low: .integer(0), high: .integer(1))
      case .date, .datetime, .instant:
        ValueRange(low: .text("2026-01-01"), high: .text("2026-01-02"))
      case .text, .blob, .other: ValueRange(low: .text("!"), high: .text("\""))
      }
    }
  }
#endif
