package import KindlyCore

/// The SQL behind the published views.
///
/// Each view reads one table and looks up the rest with subqueries. So a range of its key or of a time is a range of
/// the table's own index.
extension PublishedLedger {
  /// What the ledger at a path publishes.
  package init(at path: String) {
    self.init(
      path: path,
      views: Dictionary(
        uniqueKeysWithValues: LedgerView.allCases.map { ($0, PublishedSQL.view($0)) }),
      pulse: PublishedSQL.pulse,
      tables: [
        "reminder", "rule", "step", "channel", "task", "inbox", "reply", "suppression", "attempt",
        "task_event", "action", "run", "ledger",
      ], version: Migration.newest, emptySchema: Migration.all.map(\.sql))
  }
}

/// The SELECT statements of the views.
enum PublishedSQL {
  static func view(_ view: LedgerView) -> String {
    switch view {
    case .reminders: reminders
    case .tasks: tasks
    case .inbox: inbox
    case .replies: replies
    case .suppressions: suppressions
    case .attempts: attempts
    }
  }

  /// The values that change when the views change, read at the ends of indexes: other processes' claims, decisions, and
  /// people's actions.
  ///
  /// A retry whose claim was already seen changes none of these values; the sweep finds it.
  static let pulse = """
    SELECT
      CAST(created_at AS TEXT) AS identity,
      json_array(
        (SELECT max(id) FROM main.reminder),
        (SELECT max(decided_at) FROM main.reminder WHERE decided_at IS NOT NULL),
        (SELECT count(*) FROM main.reminder WHERE owner IS NOT NULL),
        (SELECT sum(epoch) FROM main.run),
        (SELECT max(id) FROM main.task),
        (SELECT max(id) FROM main.task_event),
        (SELECT max(id) FROM main.inbox),
        (SELECT count(*) FROM main.inbox WHERE read_at IS NULL),
        (SELECT max(id) FROM main.reply),
        (SELECT count(*) FROM main.suppression),
        (SELECT max(since) FROM main.suppression),
        (SELECT max(id) FROM main.action)) AS version
    FROM main.ledger
    """

  private static let reminders = """
    SELECT
      id AS number,
      public_id AS id,
      \(name(of: "rule", "reminder.rule")) AS rule,
      \(name(of: "step", "reminder.step")) AS step,
      \(typed("reminder.customer")) AS customer,
      \(typed("reminder.row_key")) AS row_key,
      \(words("message_class", MessageClass.allCases.map { ($0.rawValue, $0.word) })) AS class,
      \(words("state", ReminderState.allCases.map { ($0.rawValue, $0.word) })) AS state,
      \(words("reason", Reason.allCases.map { ($0.rawValue, $0.words) })) AS reason,
      \(name(of: "channel", "reminder.channel")) AS channel,
      attempts,
      depth,
      cause,
      due,
      use_until,
      created_at,
      decided_at
    FROM main.reminder
    """

  private static let tasks = """
    SELECT
      id AS number,
      public_id AS reminder,
      rule,
      customer,
      assignee,
      \(words("state", TaskState.allCases.map { ($0.rawValue, $0.word) })) AS state,
      ifnull(about, outcome) AS kind,
      outcome,
      kind AS outcome_kind,
      note,
      taken_by,
      \(depth(of: "task")) AS depth,
      created_at,
      due_at AS due,
      sleeps_until,
      decided_at
    FROM main.task
    """

  private static let inbox = """
    SELECT
      id AS number,
      public_id AS reminder,
      rule,
      customer,
      read_by,
      \(depth(of: "inbox")) AS depth,
      delivered_at,
      read_at
    FROM main.inbox
    """

  private static let replies = """
    SELECT
      id AS number,
      \(publicID(of: "reply")) AS reminder,
      \(name(of: "rule", "reply.rule")) AS rule,
      \(customer(of: "reply")) AS customer,
      \(typed("reply.row_key")) AS row_key,
      CASE WHEN by_colleague THEN '\(acknowledgementWord)'
        ELSE \(words("kind", AnswerKind.allCases.map { ($0.rawValue, $0.word) })) END AS kind,
      text,
      \(depth(of: "reply")) AS depth,
      at AS received_at
    FROM main.reply
    """

  private static let suppressions = """
    SELECT
      \(suppression) AS id,
      \(scope) AS scope,
      \(publicID(of: "suppression")) AS reminder,
      (SELECT \(name(of: "rule", "reminder.rule")) FROM main.reminder
        WHERE reminder.id = suppression.reminder) AS rule,
      \(typed("suppression.customer")) AS customer,
      channel,
      added_by,
      \(depth(of: "suppression")) AS depth,
      since
    FROM main.suppression
    """

  private static let attempts = """
    SELECT
      reminder AS reminder_number,
      number,
      \(publicID(of: "attempt")) AS reminder,
      (SELECT \(name(of: "rule", "reminder.rule")) FROM main.reminder
        WHERE reminder.id = attempt.reminder) AS rule,
      \(customer(of: "attempt")) AS customer,
      \(name(of: "channel", "attempt.channel")) AS channel,
      \(words("outcome", AttemptOutcome.allCases.map { ($0.rawValue, $0.word) })) AS outcome,
      \(depth(of: "attempt")) AS depth,
      began_at,
      ended_at
    FROM main.attempt
    """

  /// The id of a suppression, and the word for its scope.
  static let suppression =
    "'s' || lower(hex(substr(address_hash, 1, \(SuppressionQuery.bytes))))"
  static let scope = words("scope", SuppressionScope.allCases.map { ($0.rawValue, $0.word) })

  /// The name that belongs to a number in a small table.
  private static func name(of table: String, _ number: String) -> String {
    "(SELECT name FROM main.\(table) WHERE \(table).id = \(number))"
  }

  private static func publicID(of table: String) -> String {
    "(SELECT public_id FROM main.reminder WHERE reminder.id = \(table).reminder)"
  }

  private static func customer(of table: String) -> String {
    "(SELECT \(typed("reminder.customer")) FROM main.reminder WHERE reminder.id = \(table).reminder)"
  }

  private static func depth(of table: String) -> String {
    "ifnull((SELECT depth FROM main.reminder WHERE reminder.id = \(table).reminder), 0)"
  }

  /// A canonical key as people type it.
  private static func typed(_ key: String) -> String {
    """
    iif(json_array_length(\(key)) = 1, \(key) ->> 0,
        (SELECT group_concat(value, ',') FROM json_each(\(key))))
    """
  }

  /// The word for a stored number.
  private static func words(_ column: String, _ words: [(Int, String)]) -> String {
    let cases = words.map { "WHEN \($0) THEN '\($1)'" }.joined(separator: " ")
    return "CASE \(column) \(cases) END"
  }
}
