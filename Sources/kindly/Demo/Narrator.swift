import Foundation
import KindlyCore

/// Tells on the terminal what happens, as it happens, on lines of at most 80 columns.
struct Narrator {
  let zone: Zone
  let clock: any Timekeeper

  private static let width = 80
  /// Where the text begins behind the time and the word for what happened.
  private static let indent = 25
  /// Where the word begins behind the time.
  private static let wordColumn = 14
  /// Enough for every UPDATE of the story, and for whom an INSERT is about.
  private static let sqlLines = 3

  /// A heading with a rule up to the right margin.
  func heading(_ text: String) {
    let start = "── \(text) "
    let rest = max(2, Narrator.width - DisplayWidth.of(start))
    write("\n" + start + String(repeating: "─", count: rest))
  }

  /// A fact with its name, for what holds the whole time.
  func fact(_ name: String, _ text: String) {
    write("  \(DisplayWidth.padded(name, to: 11))\(text)")
  }

  /// Text that is laid out already.
  func plain(_ text: String) { write(text) }

  /// SQL that the company's application runs, line by line as it is written; of a long statement the beginning.
  func sql(_ statement: String) {
    let lines = statement.split(separator: "\n").map(String.init)
    event(
      "sql",
      lines.count <= Narrator.sqlLines
        ? lines : lines[..<(Narrator.sqlLines - 1)] + [lines[Narrator.sqlLines - 1] + " …"])
  }

  /// Something that happened, with further lines below it.
  func event(_ word: String, _ lines: [String]) {
    let indent = String(repeating: " ", count: Narrator.indent)
    let time = zone.timeOfDay(at: clock.now, withSeconds: true)
    let head = DisplayWidth.padded(time, to: Narrator.wordColumn)
    let first = head + DisplayWidth.padded(word, to: Narrator.indent - Narrator.wordColumn)
    write(first + lines.joined(separator: "\n" + indent))
  }

  func tell(_ happening: Happening) {
    let event = happening.event
    let name = DemoCompany.name(of: event.customer)
    switch event.kind {
    case .planned:
      let due = zone.text(of: happening.due, withSeconds: true)
      self.event("planned", ["\(event.rule) for \(name), due \(due)"])
    case .letter:
      self.event("letter", ["to \(happening.recipient)", happening.text, happening.place])
    case .message:
      self.event(happening.place, ["to \(name), \(happening.recipient)", happening.text])
    case .task: self.event("inbox", [happening.text])
    case .call, .escalation:
      self.event("task", ["for \(happening.recipient): \(happening.text)"] + happening.card)
    case .cancelled: self.event("cancelled", ["\(event.rule) for \(name): \(happening.text)"])
    }
  }

  /// Unbuffered, so that lines of the demo and of its child processes come in the order in which they happen.
  private func write(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
