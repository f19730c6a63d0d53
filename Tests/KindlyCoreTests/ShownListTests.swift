import KindlyCore
import Testing

@Suite("A list on a card") struct ShownListTests {
  @Test("shows each value on one line, and says why rows are missing")
  func rows() {
    let list = ShownList(
      "orders",
      ListAnswer(
        columns: ["on", "product"],
        rows: [
          [.text("2026-03-01"), .text(" Tea\npot ")], [.null, .real(12.5)],
          [.integer(3), .blob([0, 0])],
        ]))
    #expect(list.columns == ["on", "product"])
    #expect(list.rows == [["2026-03-01", "Tea pot"], ["", "12.5"], ["3", "<2 bytes>"]])
    #expect(list.text == "on | product\n2026-03-01 | Tea pot\n | 12.5\n3 | <2 bytes>")
    #expect(!list.hasMore && list.remark == nil)
    let empty = ShownList("orders", ListAnswer(columns: ["on"], rows: []))
    #expect(empty.text == "(no rows)")
    #expect(
      ShownList("orders", fault: "it took too long").text == "(could not be read: it took too long)"
    )
  }

  @Test("is bounded in rows, columns, cells and bytes")
  func bounds() {
    let columns = (1...30).map { "c\($0)" }
    let many = ShownList(
      "orders",
      ListAnswer(
        columns: columns, rows: Array(repeating: columns.map { _ in .integer(1) }, count: 51)))
    #expect(many.rows.count == 50 && many.hasMore && many.columns.count == 20)
    #expect(many.rows.allSatisfy { $0.count == 20 })
    #expect(many.remark == "only the first 50 rows are shown")
    let long = ShownList(
      "orders", ListAnswer(columns: ["a"], rows: [[.text(String(repeating: "长", count: 500))]]))
    #expect(long.rows[0][0].unicodeScalars.count == 200 && long.rows[0][0].hasSuffix("长…"))
    let wide = ShownList(
      "orders",
      ListAnswer(
        columns: Array(columns.prefix(20)),
        rows: Array(
          repeating: Array(repeating: .text(String(repeating: "长", count: 200)), count: 20),
          count: 40)))
    #expect(wide.rows.count == 2 && wide.hasMore)
  }

  @Test(
    "never shows a customer's secret, whatever its column is called",
    arguments: [
      ("initial_password", "hunter2-and-more", "•••"), ("Initial_Password", "x", "•••"),
      ("initial_password", "", ""), ("note", "the password is s3cr3t!", "•••"),
      ("note", "42", "•••"), ("note", "1042", "1042"), ("note", "nothing", "nothing"),
    ])
  func secrets(column: String, value: String, shown: String) {
    let list = ShownList(
      "orders", ListAnswer(columns: [column], rows: [[.text(value)]]),
      secretColumns: ["initial_password"], secrets: [Secret("s3cr3t"), Secret("42"), Secret("")])
    #expect(list.rows == [[shown]])
  }
}
