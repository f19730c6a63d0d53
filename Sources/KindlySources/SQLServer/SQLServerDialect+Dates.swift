#if ODBC
  import KindlyCore

  extension SQLServerDialect {
    static func dateless(_ type: SQLServerType) -> String? {
      switch type.kind {
      case .integer, .real, .decimal, .text, .padded, .date, .datetime, .instant: nil
      case .uuid, .rowversion, .blob, .other: "of type \(type.sql), which holds no dates"
      }
    }

    static func ranges(
      _ intervals: [AnchorInterval], of kind: DateKind, _ type: SQLServerType,
      within span: ColumnSpan
    ) -> [ValueRange] {
      switch type.kind {
      case .date:
        return typed(intervals, type, within: span) {
          ($0.firstDate.description, $0.lastDate.adding(days: 1).description)
        }
      case .datetime:
        return typed(intervals, type, within: span) {
          (wall($0.lower, " "), wall($0.upper + 1, " "))
        }
      case .instant:
        return typed(intervals, type, within: span) {
          (wall($0.lower, "T") + "Z", wall($0.upper + 1, "T") + "Z")
        }
      case .integer, .real, .decimal:
        let numbers = ColumnSpan(numbers: span.numbers, texts: nil)
        return AnchorRanges.all(intervals, of: kind, within: numbers).filter {
          $0.low.number != nil
        }
      case .text, .padded, .uuid, .rowversion, .blob, .other:
        return AnchorRanges.all(
          intervals, of: kind, within: ColumnSpan(numbers: nil, texts: span.texts))
      }
    }

    /// Cut to what the type can hold, because what it cannot would fail the whole statement.
    private static func typed(
      _ intervals: [AnchorInterval], _ type: SQLServerType, within span: ColumnSpan,
      _ bounds: (AnchorInterval) -> (low: String, high: String)
    ) -> [ValueRange] {
      guard let held = span.texts, let limits = limits(of: type) else { return [] }
      return intervals.compactMap { interval in
        var (low, high) = bounds(interval)
        (low, high) = (max(low, limits.low), min(high, limits.high))
        guard low < high, !held.high.lexicographicallyPrecedes(low.utf8),
          held.low.lexicographicallyPrecedes(high.utf8)
        else { return nil }
        return ValueRange(low: .text(low), high: .text(high))
      }
    }

    private static func wall(_ second: Int64, _ separator: String) -> String {
      let wall = WallClock(Instant(seconds: second), offset: 0)
      return "\(wall.date)\(separator)\(wall.timeText)"
    }

    /// Everything readable that the type can hold, as its values are written.
    static func limits(of type: SQLServerType) -> (low: String, high: String)? {
      switch type.kind {
      case .date: ("0900-01-01", "3100-01-01")
      case .datetime:
        switch type.sql {
        case "smalldatetime": ("1900-01-01 00:00:00", "2079-06-06 00:00:00")
        case "datetime": ("1753-01-01 00:00:00", "3100-01-01 00:00:00")
        default: ("0900-01-01 00:00:00", "3100-01-01 00:00:00")
        }
      case .instant: ("0900-01-01T00:00:00Z", "3100-01-01T00:00:00Z")
      case .integer, .real, .decimal, .text, .padded, .uuid, .rowversion, .blob, .other: nil
      }
    }

    private static func readable(_ type: SQLServerType) -> (low: Value, high: Value)? {
      if let limits = limits(of: type) { return (.text(limits.low), .text(limits.high)) }
      return switch type.kind {
      case .text, .padded, .other: (.text("/"), .text(":"))
      case .integer where type.sql == "bigint": (.integer(.min), .integer(.max))
      case .integer, .real, .decimal:
        (.integer(-1_000_000_000_000_000_000), .integer(1_000_000_000_000_000_000))
      case .uuid, .date, .datetime, .instant, .rowversion, .blob: nil
      }
    }

    static func span<Reader: EngineReader>(
      of column: WatchColumn<SQLServerDialect>, in relation: String, by reader: Reader
    ) throws -> ColumnSpan where Reader.Dialect == SQLServerDialect {
      guard let (low, high) = readable(column.type) else {
        return ColumnSpan(numbers: nil, texts: nil)
      }
      let isDecimal = column.type.kind == .decimal
      func bound(_ parameter: String) -> String { place(parameter, column.type) }
      func end(_ direction: String) throws -> Value? {
        try reader.value(
          first(
            1,
            of: """
              SELECT \(column.this)
              FROM \(relation) AS this
              WHERE \(column.ordered) >= \(bound(":kindly_low")) AND \(column.ordered) < \(bound(":kindly_high"))
              ORDER BY \(column.ordered) \(direction)
              """), ["kindly_low": low, "kindly_high": high])
      }
      guard let least = try end("ASC"), let most = try end("DESC") else {
        return ColumnSpan(numbers: nil, texts: nil)
      }
      if let least = number(least, isDecimal), let most = number(most, isDecimal) {
        return ColumnSpan(numbers: min(least, most)...max(least, most), texts: nil)
      }
      return ColumnSpan(
        numbers: nil,
        texts: ColumnSpan.Texts(low: Array(least.text.utf8), high: Array(most.text.utf8)))
    }

    private static func number(_ value: Value, _ isDecimal: Bool) -> Double? {
      if isDecimal, case .text(let text) = value { return Double(text) }
      return value.number
    }

    static func example(_ type: SQLServerType) -> ValueRange {
      switch type.kind {
      case .integer, .real, .decimal, .rowversion:
        ValueRange(low: .integer(0), high: .integer(1))
      case .date, .datetime: ValueRange(low: .text("2026-01-01"), high: .text("2026-01-02"))
      case .instant:
        ValueRange(low: .text("2026-01-01T00:00:00Z"), high: .text("2026-01-02T00:00:00Z"))
      case .text, .padded, .uuid, .blob, .other: ValueRange(low: .text("!"), high: .text("\""))
      }
    }
  }
#endif
