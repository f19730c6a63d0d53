import ArgumentParser
import KindlyCore
import KindlyDesk

struct TaskShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a task with its card and its history.",
    discussion: """
      EXAMPLES
        kindly task show 17
        kindly task show 17 --json
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let inquiry = workplace.inquiry
    let viewer = try await caller.viewer(inquiry)
    let (task, events) = try await workplace.reading { try await viewer.task(id, in: $0) }
    await inquiry.close()
    let time = workplace.time
    if json { return try JSONOutput.print(DetailView(task, events, time)) }
    let facts = [
      ("task", "\(task.id), \(TaskView.state(of: task, now: workplace.now))"),
      ("customer", task.customer ?? ""), ("assignee", task.assignee), ("rule", task.rule),
      ("due", time(task.due)),
      ("put off until", task.sleepsUntil.map { time($0) } ?? ""),
      ("note", task.note ?? ""),
    ]
    for (label, text) in facts where !text.isEmpty {
      print(DisplayWidth.padded(label, to: 14) + OneLine.text(text))
    }
    print(
      """

      \(OneLine.text(task.subject))

      \(task.card ?? "(its text is older than texts are kept)")

      """)
    for list in task.lists { print(TaskShow.text(of: list) + "\n") }
    print("  \(time(task.created)) created by rule \(task.rule)")
    for event in events {
      print("  \(time(event.at)) \(OneLine.text("\(event.text), by \(event.by)"))")
    }
  }

  /// A list as a small table below its name.
  private static func text(of list: ShownList) -> String {
    var lines = [OneLine.text("\(list.name):")]
    if !list.rows.isEmpty {
      var table = Table(list.columns.map { Table.Column($0) })
      for row in list.rows { table.add(row) }
      lines += table.text.split(separator: "\n", omittingEmptySubsequences: false).map {
        "  \($0)"
      }
    }
    if let remark = list.remark { lines.append("  (\(remark))") }
    return lines.joined(separator: "\n")
  }

  private struct DetailView: Encodable {
    let task: TaskView
    let events: [Event]

    struct Event: Encodable {
      let at: String
      let by: String
      let text: String
    }

    init(_ task: TaskRecord, _ events: [TaskEvent], _ time: TimeText) {
      self.task = TaskView(task, time)
      self.events = events.map { Event(at: time.stamp($0.at), by: $0.by, text: $0.text) }
    }
  }
}
