import KindlyCore
import Testing

@Suite("The text of a condition")
struct ConditionTextTests {
  @Test(
    "accepts what SQL accepts",
    arguments: [
      "status = 'trial'",
      "(a = 1 AND (b = 2 OR c IN (1, 2, 3)))",
      "name = 'O''Brien; -- (not a comment'",
      "\"weird ) name;\" = 1 AND `x)` = 2 AND [y)] = 3",
      "a = 1 -- a remark with ( and ;",
      "a = 1 /* a remark with ) and ' */ AND b = 2",
      "amount > 1.5e+3 AND flags & 0x1F = 0x1e-1",
      "ends_on < :today AND starts_at <= :now",
      "x = X'00FF' AND e = E'a'",
      "payload->>'$.a' = 'b' OR tags @> '{a}'",
      "ends_on::date = :today::date",
      "EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = this.id)",
      "状态 = '试用（延长）；'",
      "items[1] = 2 AND [order id] = 3 AND (SELECT array_agg(x) FROM t)[1] = 4",
      "a = 1\nAND b = 2\r\nAND c = 3",
      "old.status IS DISTINCT FROM this.status",
    ])
  func accepts(sql: String) throws {
    #expect(try ConditionText(sql).sql == sql)
    #expect(try ConditionText(sql).warnings == [])
  }

  @Test(
    "refuses what could leave its brackets, and says where",
    arguments: [
      ("", 0, "got nothing"),
      ("  -- only a remark", 0, "got nothing"),
      ("a = 1)", 5, "closing bracket"),
      ("(a = 1", 0, "opening bracket"),
      ("(a = [1)]", 0, "opening bracket"),
      ("f(a{1)}", 5, "closing bracket"),
      ("1) OR (1", 1, "closing bracket"),
      ("a = 1; DROP TABLE x", 5, "got a `;`"),
      ("a = 'x", 4, "string to end"),
      ("a = 'it''s", 4, "string to end"),
      ("\"a = 1", 0, "quoted name to end"),
      ("`a = 1", 0, "quoted name to end"),
      ("a = 1 /* x", 6, "comment to end"),
      ("a /* b /* c */ ) */", 7, "comment inside a comment"),
      ("a = ?", 4, "placeholder but :now and :today, got `?`"),
      ("a = ?1", 4, "got `?1`"),
      ("a = :id", 4, "got `:id`"),
      ("a = :NOW", 4, "got `:NOW`"),
      ("a = @id", 4, "got `@id`"),
      ("a = $1", 4, "got `$1`"),
      ("a = $x", 4, "got `$x`"),
      ("a = 1 ， b", 6, "full-width `，`"),
      ("a ＝ 1", 2, "expected `=`, got the full-width"),
      ("a = ‘x’", 4, "full-width `‘`"),
      ("a = \u{0}", 4, "control character 0"),
      ("a = 'x\u{0}y'", 4, "string to end"),
    ])
  func refuses(sql: String, offset: Int, text: String) {
    #expect {
      try ConditionText(sql)
    } throws: { error in
      guard let problem = error as? ConditionProblem else { return false }
      #expect(problem.offset == offset)
      #expect(problem.text.contains(text), "\(problem.text)")
      return true
    }
  }

  @Test("refuses more than 8 KB, counted in bytes")
  func long() throws {
    let most = "a = '" + String(repeating: "x", count: ConditionText.longest - 6) + "'"
    #expect(try ConditionText(most).sql.utf8.count == 8192)
    #expect(throws: ConditionProblem.self) { try ConditionText(most + " ") }
    #expect(throws: ConditionProblem.self) {
      try ConditionText("a = '" + String(repeating: "试", count: 2800) + "'")
    }
  }

  @Test("tells what it names, without keywords, strings and remarks")
  func identifiers() throws {
    let text = try ConditionText(
      """
      status IN ('trial', 'old.x') AND old . "paid on" IS NULL AND this.y > lower(name) -- old.z
        AND OLD.amount BETWEEN 1 AND 2 AND main.leases.id = 3 AND "select" = :today
      """)
    #expect(
      text.identifiers.map(\.dotted) == [
        "status", "old.paid on", "this.y", "lower", "name", "OLD.amount", "main.leases.id",
        "select",
      ])
    #expect(text.identifiers.filter(\.isFunction).map(\.dotted) == ["lower"])
    #expect(text.identifiers[1].offset == 33)
    #expect(text.oldColumns == ["paid on", "amount"])
    #expect(text.thisColumns == ["y"])
    #expect(text.placeholders == ["today"])
  }

  @Test(
    "warns of the server's own clock",
    arguments: [
      ("ends_on < CURRENT_DATE", 10),
      ("ends_on < current_timestamp", 10),
      ("ends_on < now()", 10),
      ("ends_on < date('now')", 10),
      ("ends_on < date('NOW', '+1 day')", 10),
      ("ends_on < datetime('now')", 10),
      ("ends_on < date()", 10),
      ("julianday('now') > 1", 0),
      ("strftime('%Y', 'now') = y", 0),
      ("strftime('%Y') = y", 0),
      ("unixepoch() > x", 0),
      ("x < GETDATE()", 4),
      ("x < sysdate", 4),
      ("x < utc_timestamp()", 4),
    ])
  func clock(sql: String, offset: Int) throws {
    let warnings = try ConditionText(sql).warnings
    #expect(warnings.map(\.offset) == [offset])
    #expect(warnings.first?.text.contains("use :now or :today") == true)
  }

  @Test(
    "does not warn of functions of a given time, nor of columns and strings with such names",
    arguments: [
      "date(ends_on) < :today", "strftime('%Y', ends_on) = '2026'", "julianday(a, '+1 day') > 1",
      "date(:now) = 1", "this.now = 1", "\"current_date\" = 1", "note = 'now'", "now = 1",
      "date(coalesce(a, b)) = :today", "strftime('%Y', max(a, b)) = 1", "date(lower('x')) = 1",
    ])
  func noClock(sql: String) throws {
    #expect(try ConditionText(sql).warnings == [])
  }

  @Test(
    "warns where old is compared by <> or !=",
    arguments: [
      "old.status <> 'paid'", "old.status != this.status", "this.status <> old.status",
      "'x' != OLD.\"status\"", "a = 1 AND old . x <> 2",
    ])
  func old(sql: String) throws {
    let warnings = try ConditionText(sql).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.text.contains("IS DISTINCT FROM") == true)
  }

  @Test(
    "does not warn of other comparisons",
    arguments: ["status <> 'x'", "old.a = 1 AND b <> 2", "old.a IS NOT this.a", "b <> older.x"])
  func notOld(sql: String) throws {
    #expect(try ConditionText(sql).warnings == [])
  }
}
