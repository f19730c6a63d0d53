import Foundation
package import KindlyCore

/// A list as a table in HTML.
enum ListHTML {
  static func text(of list: ShownList) -> String {
    let remark = list.remark.map { "<p>(\(HTMLEscaping.text($0)))</p>" } ?? ""
    guard !list.rows.isEmpty else { return remark }
    let rows = [row(list.columns, "th")] + list.rows.map { row($0, "td") }
    return "<table>\n\(rows.joined(separator: "\n"))\n</table>" + remark
  }

  private static func row(_ cells: [String], _ element: String) -> String {
    "<tr>" + cells.map { "<\(element)>\(HTMLEscaping.text($0))</\(element)>" }.joined() + "</tr>"
  }
}

extension Message {
  /// The message with lists below it, for people who see no card beside it. A short text is left unchanged, because it
  /// is meant to be short.
  package func carrying(_ lists: [ShownList]) -> Message {
    var message = self
    for list in lists {
      message.text += "\n\n\(list.name):\n\(list.text)"
    }
    guard let html, !lists.isEmpty else { return message }
    let tables = lists.map {
      "<h3>\(HTMLEscaping.text($0.name))</h3>\n\(ListHTML.text(of: $0))\n"
    }.joined()
    let end =
      html.range(of: "</body>", options: [.caseInsensitive, .backwards])?.lowerBound
      ?? html.endIndex
    message.html = String(html[..<end]) + tables + String(html[end...])
    return message
  }
}
