#if PostgreSQL
  import KindlyCore

  extension PostgresDialect {
    static func dateless(_ type: PostgresType) -> String? {
      switch type.kind {
      case .integer, .real, .numeric, .text, .caseless, .padded, .date, .timestamp, .instant: nil
      case .boolean, .uuid, .blob, .other: "of type \(type.sql), which holds no dates"
      }
    }

    static func ranges(
      _ intervals: [AnchorInterval], of kind: DateKind, _ type: PostgresType,
      within span: ColumnSpan
    ) -> [ValueRange] {
      switch type.kind {
      case .date:
        return DateRanges.typed(intervals, within: span) {
          ($0.firstDate.description, $0.lastDate.adding(days: 1).description)
        }
      case .timestamp:
        return DateRanges.typed(intervals, within: span) {
          (DateRanges.wall($0.lower), DateRanges.wall($0.upper + 1))
        }
      case .instant:
        return DateRanges.typed(intervals, within: span) {
          (DateRanges.wall($0.lower) + "+00", DateRanges.wall($0.upper + 1) + "+00")
        }
      case .integer, .real, .numeric:
        let numbers = ColumnSpan(numbers: span.numbers, texts: nil)
        return AnchorRanges.all(intervals, of: kind, within: numbers).filter {
          $0.low.number != nil
        }
      case .text, .caseless, .padded, .boolean, .uuid, .blob, .other:
        let texts = ColumnSpan(numbers: nil, texts: span.texts)
        return AnchorRanges.all(intervals, of: kind, within: texts).map {
          // The server's texts hold no NUL, and its parameters may not.
          $0.low == .text("\0") ? ValueRange(low: .text("\u{1}"), high: $0.high) : $0
        }
      }
    }

    /// What can be looked for at all: everything readable, and no infinity.
    private static func readable(_ type: PostgresType) -> String? {
      switch type.kind {
      case .date, .timestamp, .instant: ">= '0900-01-01' AND ordered < '3100-01-01'"
      case .text, .caseless, .padded, .other: ">= '/' AND ordered < ':'"
      case .integer, .real, .numeric: "> -1e18 AND ordered < 1e18"
      case .boolean, .uuid, .blob: nil
      }
    }

    static func span<Reader: EngineReader>(
      of column: WatchColumn<PostgresDialect>, in relation: String, by reader: Reader
    ) throws -> ColumnSpan where Reader.Dialect == PostgresDialect {
      let condition =
        readable(column.type).map {
          "\(column.ordered) " + $0.replacing("ordered", with: column.ordered)
        } ?? column.hasPlace
      func end(_ direction: String) throws -> Value? {
        try reader.value(
          """
          SELECT \(column.this)
          FROM \(relation) AS this
          WHERE \(condition)
          ORDER BY \(column.ordered) \(direction)
          LIMIT 1
          """)
      }
      return DateRanges.span(try end("ASC"), try end("DESC")) { number($0, column.type) }
    }

    private static func number(_ value: Value, _ type: PostgresType) -> Double? {
      if type.kind == .numeric, case .text(let text) = value { return Double(text) }
      return value.number
    }

    static func example(_ type: PostgresType) -> ValueRange {
      switch type.kind {
      case .boolean, .integer, .real, .numeric: ValueRange(low: .integer(0), high: .integer(1))
      case .date, .timestamp, .instant:
        ValueRange(low: .text("2026-01-01"), high: .text("2026-01-02"))
      case .uuid:
        ValueRange(
          low: .text("00000000-0000-0000-0000-000000000000"),
          high: .text("00000000-0000-0000-0000-000000000001"))
      case .text, .caseless, .padded, .blob, .other: ValueRange(low: .text("!"), high: .text("\""))
      }
    }
  }
#endif
