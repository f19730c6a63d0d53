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
      _ intervals: [AnchorInterval], of kind: DateKind, _ type: MariaDBType, within span: ColumnSpan
    ) -> [ValueRange] {
      switch type.kind {
      case .date:
        return DateRanges.typed(intervals, within: span) {
          ($0.firstDate.description, $0.lastDate.adding(days: 1).description)
        }
      case .datetime, .instant:
        return DateRanges.typed(intervals, within: span) {
          (DateRanges.wall($0.lower), DateRanges.wall($0.upper + 1))
        }
      case .integer, .real, .decimal:
        let numbers = ColumnSpan(numbers: span.numbers, texts: nil)
        return AnchorRanges.all(intervals, of: kind, within: numbers).filter {
          $0.low.number != nil
        }
      case .text, .bit, .blob, .other:
        return AnchorRanges.all(
          intervals, of: kind, within: ColumnSpan(numbers: nil, texts: span.texts))
      }
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
      return DateRanges.span(try end("ASC"), try end("DESC")) { number($0, column.type) }
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
