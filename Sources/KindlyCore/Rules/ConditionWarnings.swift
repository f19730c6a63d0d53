/// Finds what is valid SQL and probably not meant.
enum ConditionWarnings {
  /// Words that ask the server's clock without brackets.
  private static let clockWords: Set<String> = [
    "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "SYSDATE",
    "SYSTIMESTAMP",
  ]
  /// Functions that ask the server's clock whatever their arguments.
  private static let clockFunctions: Set<String> = [
    "NOW", "GETDATE", "GETUTCDATE", "SYSDATETIME", "CURDATE", "CURTIME", "UTC_DATE", "UTC_TIME",
    "UTC_TIMESTAMP", "STATEMENT_TIMESTAMP", "CLOCK_TIMESTAMP", "TRANSACTION_TIMESTAMP", "TIMEOFDAY",
  ]
  /// Functions that ask the server's clock when they are given `'now'` or no time at all, with the number of
  /// arguments that stand before the time.
  private static let timeFunctions: [String: Int] = [
    "DATE": 0, "TIME": 0, "DATETIME": 0, "JULIANDAY": 0, "UNIXEPOCH": 0, "UNIX_TIMESTAMP": 0,
    "STRFTIME": 1, "TIMEDIFF": 0,
  ]

  static func find(in tokens: [SQLTokens.Token]) -> [ConditionText.Warning] {
    tokens.indices.compactMap { clock(in: tokens, at: $0) ?? comparison(in: tokens, at: $0) }
  }

  private static func clock(in tokens: [SQLTokens.Token], at index: Int) -> ConditionText.Warning? {
    guard case .word(let name) = tokens[index].kind,
      index == 0 || tokens[index - 1].kind != .mark(".")
    else { return nil }
    let upper = name.uppercased()
    let isCall = index + 1 < tokens.count && tokens[index + 1].kind == .open("(")
    let asks =
      clockWords.contains(upper) || isCall && clockFunctions.contains(upper)
      || isCall && timeFunctions[upper].map { asksNow(tokens, callAt: index, before: $0) } == true
    guard asks else { return nil }
    return ConditionText.Warning(
      text:
        "`\(name)` uses the database server's clock, which forecasts and tests cannot set; use :now or :today",
      offset: tokens[index].offset)
  }

  /// Whether a call names `'now'`, or leaves out the time, which means now.
  private static func asksNow(
    _ tokens: [SQLTokens.Token], callAt index: Int, before count: Int
  ) -> Bool {
    var depth = 0
    var commas = 0
    for position in (index + 1)..<tokens.count {
      switch tokens[position].kind {
      case .open: depth += 1
      case .close:
        depth -= 1
        if depth == 0 { return (position == index + 2 ? 0 : commas + 1) <= count }
      case .mark(",") where depth == 1: commas += 1
      case .string(let text) where depth == 1 && text.lowercased() == "now": return true
      case .word, .quoted, .string, .number, .placeholder, .mark: break
      }
    }
    return false
  }

  /// `old.x <> …` is never true for NULL.
  private static func comparison(
    in tokens: [SQLTokens.Token], at index: Int
  ) -> ConditionText.Warning? {
    guard tokens[index].kind == .mark("<>") || tokens[index].kind == .mark("!="),
      endsWithOld(tokens[..<index]) || beginsWithOld(tokens[(index + 1)...])
    else { return nil }
    return ConditionText.Warning(
      text:
        "comparing with `old` by <> or != is never true where a value is NULL; use IS DISTINCT FROM, "
        + "or IS NOT on SQLite before 3.39", offset: tokens[index].offset)
  }

  private static func endsWithOld(_ tokens: ArraySlice<SQLTokens.Token>) -> Bool {
    let last = Array(tokens.suffix(3))
    return last.count == 3 && last[0].name?.lowercased() == "old" && last[1].kind == .mark(".")
      && last[2].name != nil
  }

  private static func beginsWithOld(_ tokens: ArraySlice<SQLTokens.Token>) -> Bool {
    let first = Array(tokens.prefix(2))
    return first.count == 2 && first[0].name?.lowercased() == "old" && first[1].kind == .mark(".")
  }
}
