import ArgumentParser
import KindlyCore
import KindlyDesk

struct TaskList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List open tasks, the most urgent first.",
    discussion: """
      EXAMPLES
        kindly task list
        kindly task list --all --json
        kindly task list --as anna
      """)

  /// How many of the most urgent tasks are searched for those that the caller may see.
  private static let searched = 10_000

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Flag(help: "Also list finished tasks, and those that are put off.")
  var all = false

  @Option(help: ArgumentHelp("Show at most this many.", valueName: "count"))
  var limit = 50

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let inquiry = workplace.inquiry
    let viewer = try await caller.viewer(inquiry)
    let tasks = try await workplace.reading { ledger in
      try await viewer.visible(
        ledger.tasks(
          TaskSelection(assignees: viewer.assignees, includesAll: all), now: workplace.now,
          limit: TaskList.searched)
      ).prefix(max(1, limit))
    }
    await inquiry.close()
    if json { return try JSONOutput.print(tasks.map { TaskView($0, workplace.time) }) }
    var table = Table([
      .init("id", .right), .init("due"), .init("customer"), .init("assignee"), .init("state"),
      .init("subject"),
    ])
    for task in tasks {
      table.add([
        "\(task.id)", workplace.time(task.due), task.customer ?? "", task.assignee,
        TaskView.state(of: task, now: workplace.now), task.subject,
      ])
    }
    print(tasks.isEmpty ? "there are no tasks" : table.text)
  }
}

/// A task for scripts.
struct TaskView: Encodable {
  let id: Int64
  let publicId: String
  let rule: String
  let customer: String?
  let assignee: String
  let subject: String
  let card: String?
  let lists: [ListView]
  let state: String
  let created: String
  let due: String
  let overdue: Bool
  let sleepsUntil: String?
  let takenBy: String?
  let outcome: String?
  let kind: String?
  let note: String?
  let decided: String?

  init(_ task: TaskRecord, _ time: TimeText) {
    id = task.id
    publicId = task.publicID
    rule = task.rule
    customer = task.customer
    assignee = task.assignee
    subject = task.subject
    card = task.card
    lists = task.lists.map(ListView.init)
    state = task.state.word
    created = time.stamp(task.created)
    due = time.stamp(task.due)
    overdue = task.isOverdue(time.now)
    sleepsUntil = time.stamp(task.sleepsUntil)
    takenBy = task.takenBy
    outcome = task.outcome
    kind = task.kind
    note = task.note
    decided = time.stamp(task.decided)
  }

  /// A list of the card for scripts.
  struct ListView: Encodable {
    let name: String
    let columns: [String]
    let rows: [[String]]
    let more: Bool
    let fault: String?

    init(_ list: ShownList) {
      name = list.name
      columns = list.columns
      rows = list.rows
      more = list.hasMore
      fault = list.fault
    }
  }

  /// The state for people: `taken by anna, overdue`.
  static func state(of task: TaskRecord, now: Instant) -> String {
    if let outcome = task.outcome {
      return "done: " + outcome + (task.kind.map { " (\($0))" } ?? "")
    }
    var words = [task.takenBy.map { "taken by \($0)" } ?? task.state.word]
    if let until = task.sleepsUntil, until > now { words.append("put off") }
    if task.isOverdue(now) { words.append("overdue") }
    return words.joined(separator: ", ")
  }
}
