/// The fixtures, rule by rule. What would trip the rules over this very file is put together from pieces.
extension TidyFixtureTests.Fixture {
  static let all: [Self] = [words, waivers, texts, times, sql, shapes, cases, names, anyFile]
    .flatMap(\.self)

  private static let words: [Self] = [
    .init("libraries do not print", [2, 3], "let a = 1\nprint(a)\n  debugPrint(a)"),
    .init("libraries do not print", [1], #"let a = "\(print(1))""#),
    .init(
      "libraries do not print", [], "// print(a)\nlog.print(a)\nlet b = \"print(a)\"\nsprint(a)"),
    .init("libraries do not print", [], "let a = \"\"\"\n  print(a)\n  \"\"\"\n/* print(a) */"),
    .init("libraries do not print", [], path: "Sources/kindly/Run.swift", "print(a)"),
    .init("no try!", [1], "let a = try! b()"),
    .init("no try!", [], "let a = try b() // never try! it"),
    .init(
      "a task-local value is no function", [1, 2],
      "@TaskLocal static var a: () -> Void = {}\n@TaskLocal static var b: (@Sendable () -> Int)?"),
    .init("a task-local value is no function", [], "@TaskLocal static var a = A { b() }"),
    .init("time is an argument", [1, 2], "let a = Date()\nlet b = ContinuousClock.now"),
    .init("time is an argument", [1, 2], "let a = Date.now\nlet b = SuspendingClock().now"),
    .init("time is an argument", [1, 2], "let a = DispatchTime.now()\nclock_gettime(0, &b)"),
    .init(
      "time is an argument", [], "let a = Date(b)\nlet c = clock.now\nupDate()\nmoment.time(nil)"),
    .init("time is an argument", [], path: "Sources/KindlyDaemon/SystemClock.swift", "Date()"),
    .init("time is an argument", [], path: "Benchmarks/KindlyBench/A.swift", "ContinuousClock.now"),
    .init("nobody sleeps without a clock", [1, 2], "await Task.sleep(for: a)\nusleep(10)"),
    .init("nobody sleeps without a clock", [1], path: "Tests/ATests/A.swift", "Thread.sleep(1)"),
    .init("nobody sleeps without a clock", [], "await clock.sleep(for: a)\n// sleep(1)"),
    .init("one file knows the kind of ledger", [1], "import KindlySQLiteLedger"),
    .init(
      "one file knows the kind of ledger", [2], path: "Sources/kindly/Verbs/A.swift",
      "import KindlyDaemon\nimport KindlySQLiteLedger"),
    .init(
      "one file knows the kind of ledger", [],
      path: "Sources/KindlyDaemon/Composition/LedgerAssembly.swift", "import KindlySQLiteLedger"),
    .init("one file knows the kind of ledger", [], "import KindlyCore // not KindlySQLiteLedger"),
    .init("test tools stay out of the product", [1], "package import KindlyTestKit"),
    .init("test tools stay out of the product", [], "import KindlyCore // not KindlyTestKit"),
    .init(
      "test tools stay out of the product", [], path: "Tests/ATests/A.swift", "import KindlyTestKit"
    ),
  ]

  private static let waivers: [Self] = [
    .init("@unchecked Sendable explains itself", [1], "class A: @unchecked Sendable {}"),
    .init(
      "@unchecked Sendable explains itself", [],
      "// Only the queue touches it.\nclass A: @unchecked Sendable {}"),
    .init("nonisolated(unsafe) explains itself", [2], "\nnonisolated(unsafe) var a = 1"),
    .init(
      "nonisolated(unsafe) explains itself", [],
      "nonisolated(unsafe) var a = 1  // set before threads"),
    .init("try? explains itself", [1, 4], "let a = try? b()\n// c\n\nlet d = try? e()"),
    .init("try? explains itself", [3], "// why\nlet a = try? b()\nlet d = try? e()"),
    .init("try? explains itself", [], "/// Why.\nlet a = try? b()\nlet c = \"try? d\""),
    .init("force unwrap and cast explains itself", [1, 2, 3], "a()!.b\nlet c = d[1]!\ne as! F"),
    .init("force unwrap and cast explains itself", [1], "var label: Label!"),
    .init("force unwrap and cast explains itself", [1], #"let a = "\(b!)""#),
    .init(
      "force unwrap and cast explains itself", [],
      "a != b\n!c\nif !d, e(!f) {}\n// It was just put there.\ng!\nlet h = \"wow!\"\na! // it is there"
    ),
  ]

  private static let times: [Self] = [
    .init(
      "times are written one way", [1, 2, 3], path: "Sources/kindly/Verbs/A.swift",
      "let a = pause.until?.description\nlet b = zone.wallClock(at: c).timeText\nlet d = DateFormatter()"
    ),
    .init(
      "times are written one way", [1, 2], path: "Sources/KindlyDesk/A.swift",
      "a(since: entry.since.description)\nb = ISO8601DateFormatter()"),
    .init(
      "times are written one way", [], path: "Sources/KindlyDaemon/A.swift",
      "a(time(due), time.stamp(until), key.description)\n// now.description\nlet b = \"now.description\""
    ),
    .init("times are written one way", [], path: "Sources/KindlyCore/Time/A.swift", "a.timeText"),
  ]

  private static let sql: [Self] = [
    .init(
      "SQL names the numbers of enums", [2, 3, 5],
      path: "Sources/KindlySQLiteLedger/Keeping/A.swift",
      """
      let a = \"""
        SELECT count(*) FROM task WHERE state < 2
          AND reminder.reason IS NOT 31
        \"""
      let b = "scope IN (0, 1)"
      """),
    .init(
      "SQL names the numbers of enums", [1, 2, 3],
      path: "Sources/KindlySQLiteLedger/Schema/SQL.swift",
      "\"ORDER BY state = 2, id\"\n\"outcome<>1 AND id = 7\"\n\"CASE state WHEN 0 THEN 1 END\""),
    .init(
      "SQL names the numbers of enums", [1], path: "Sources/KindlySQLiteLedger/A.swift",
      "\"WHERE trigger_kind NOT BETWEEN 1 AND 3\""),
    .init(
      "SQL names the numbers of enums", [1, 2], path: "Sources/KindlySQLiteLedger/A.swift",
      "\"SET moments_decision = 1\"\n\"severity >= 2\" // state = 2"),
    .init(
      "SQL names the numbers of enums", [], path: "Sources/KindlySQLiteLedger/A.swift",
      "// state = 2"),
    .init(
      "SQL names the numbers of enums", [], path: "Sources/KindlySQLiteLedger/Keeping/A.swift",
      #"""
      let a = "state = \(state: .waiting) AND reason IN \(reasons: .fuse) OR outcome = ?2"
      let b = "attempts = 0 AND outcome IS NULL AND reason > :reason AND upstate = 1"
      """#),
    .init(
      "SQL names the numbers of enums", [],
      path: "Sources/KindlySQLiteLedger/Schema/0023-tasks.swift",
      "\"CHECK (state BETWEEN 0 AND 2)\""),
    .init("SQL names the numbers of enums", [], "\"WHERE state = 2\""),
  ]

  private static let texts: [Self] = [
    .init(
      "a text from outside is looked up by its bytes", [1, 2],
      "var a: [String: Rule] = [:]\nlet b: Set<String> = []"),
    .init(
      "a text from outside is looked up by its bytes", [],
      "// By our own words.\nvar a: [String: Int] = [:]\nprivate static let b: Set<String> = []"),
    .init(
      "a text from outside is looked up by its bytes", [],
      "func c(_ parameters: [String: Value], _ d: [ExactText: Rule], _ e: [String])"),
    .init(
      "a text from outside is looked up by its bytes", [], path: "Sources/KindlyTestKit/A.swift",
      "var a: [String: Rule] = [:]"),
    .init("names are sorted by their bytes", [1], "a.sorted { $0.name < $1.name }"),
    .init("names are sorted by their bytes", [], "a.sorted { $0.key < $1.key }"),
  ]

  private static let shapes: [Self] = [
    .init("a file is one idea", [401], String(repeating: "let a = 1\n", count: 401)),
    .init("a file is one idea", [], String(repeating: "let a = 1\n", count: 400)),
    .init("a function fits on a screen", [2], "\n" + function(lines: 61)),
    .init("a function fits on a screen", [], function(lines: 60)),
    .init("a function fits on a screen", [1], "init(a: Int = { 1 }()) {\n" + body(60) + "}"),
    .init(
      "a function fits on a screen", [1],
      "func a(\n  b: Int\n) async\n  -> Int\n{\n" + body(56) + "}"),
    .init(
      "a function fits on a screen", [],
      "protocol A {\n  func b() -> Int\n  init(c: Int)\n}\nstruct D {\n" + body(80) + "}"),
    .init("a function fits on a screen", [], "let a = \"func b() {\"\n" + body(80)),
    .init("a function fits on a screen", [], "func a() {\n  let b = \"{{{\"\n}\n" + body(80)),
    .init(
      "a test is marked as one", [2], path: "Tests/ATests/A.swift",
      "struct A {\n  func testB() {}\n}"),
    .init(
      "a test is marked as one", [4], path: "Tests/ATests/A.swift",
      "struct A {\n  @Test(\"c\")\n  func c() {}\n  func testB() {}\n}"),
    .init(
      "a test is marked as one", [], path: "Tests/ATests/A.swift",
      "struct A {\n  @Test(\n    \"b\", arguments: [1, 2])\n  func testB() {}\n  func tester() {}\n}"
    ),
    .init(
      "no test is held to a time", [1], path: "Tests/ATests/A.swift",
      "@Suite(\"a\", .timeLimit(.minutes(5)))"),
    .init(
      "no test is held to a time", [], path: "Tests/ATests/A.swift",
      "exec(timeLimit: .seconds(20))"),
  ]

  private static let names: [Self] = [
    .init(
      "a type is named after what it is", [1, 2], "final class RuleManager {}\nstruct NewRule {}"),
    .init(
      "a type is named after what it is", [1, 2], "enum DateUtils {}\nprotocol BaseURLSource {}"),
    .init(
      "a type is named after what it is", [],
      "struct Base64 {}\nenum NewsLetter {}\nactor Dispatcher {}"),
    .init("a type is named after what it is", [], "// struct RuleManager\nlet a = RuleManager()"),
    .init("what other targets see is explained", [1], "package struct A {}"),
    .init("what other targets see is explained", [3], "/// A.\n\npackage func a() {}"),
    .init(
      "what other targets see is explained", [], "/// A.\n@frozen\npackage struct A {}\nstruct B {}"
    ),
    .init(
      "what other targets see is explained", [],
      "package import A\n/// B.\npackage final class B {}"),
  ]

  private static let cases: [Self] = [
    .init(
      "a switch over an enum of ours names every case", [4],
      "switch state {\ncase .waiting: 1\ncase .claimed, .sending(let a) where a > 1: 2\ndefault: 3\n}"
    ),
    .init(
      "a switch over an enum of ours names every case", [6],
      "a {\n  switch b {\n  case .waiting,\n    .claimed:\n    c\n  default:\n    d\n  }\n}"),
    .init(
      "a switch over an enum of ours names every case", [],
      "switch state {\ncase .waiting: 1\ncase .claimed: 2\n}\nswitch a {\ncase .waiting: 1\ncase 1: 2\ndefault: 3\n}"
    ),
    .init(
      "a switch over an enum of ours names every case", [],
      "switch category {\ncase .lineSeparator, .privateUse: 1\ndefault: 2\n}\nswitch b {\ndefault: 1\n}"
    ),
    .init(
      "a switch over an enum of ours names every case", [3],
      "switch (a, state) {\ncase (1, .waiting), (_, .claimed): 1\ndefault: 2\n}"),
    .init(
      "a switch over an enum of ours names every case", [4],
      "switch (state, a) {\ncase (.sending(.b(let c), d), let e?) where c > 1,\n  (.claimed, nil): 1\ndefault: 2\n}"
    ),
    .init(
      "a switch over an enum of ours names every case", [],
      "switch (category, a) {\ncase (.lineSeparator, 1), (.privateUse, _): 1\ndefault: 2\n}\nswitch (a, b) {\ncase (.waiting, 1), (1, .waiting): 1\ndefault: 2\n}"
    ),
    .init(
      "a switch over an enum of ours names every case", [], path: "Tests/ATests/A.swift",
      "switch state {\ncase .waiting: 1\ndefault: 3\n}"),
  ]

  private static let anyFile: [Self] = [
    .init("no file is empty", [1], path: "docs/a.md", "\n \n"),
    .init("no file is empty", [1], path: "scripts/setup", ""),
    .init("no file is empty", [], path: "docs/a.md", "\n# A\n"),
    .init("each file is in a folder for its kind", [1], path: "Driver=SQLite3", "x"),
    .init("each file is in a folder for its kind", [1], path: "A.swift", "let a = 1"),
    .init("each file is in a folder for its kind", [1], path: "Sources/KindlyCore/a.txt", "x"),
    .init("each file is in a folder for its kind", [1], path: "scripts/new", "x"),
    .init("each file is in a folder for its kind", [], path: "Package.swift", "let a = 1"),
    .init("each file is in a folder for its kind", [], path: "Tests/Support/a.py", "a = 1"),
    .init("each file is in a folder for its kind", [], "let a = 1"),
    .init("nothing is left for later", [2], "let a = 1\n// TO" + "DO: the rest"),
    .init("nothing is left for later", [1], path: "docs/a.md", "FIX" + "ME"),
    .init("nothing is left for later", [], path: "scripts/a", "mktemp a.X" + "XXXXX\nTO" + "DOS"),
    .init("no registry is named", [1], path: "scripts/a", "curl https://py" + "pi.org/simple"),
    .init("no registry is named", [1], path: "README.md", "git clone https://git" + "hub.com/a/b"),
    .init(
      "no registry is named", [], path: "Package.swift", "url: \"https://git" + "hub.com/a/b\""),
    .init("no registry is named", [], path: "docs/a.md", "see https://www.freedesktop.org"),
  ]

  private static func body(_ lines: Int) -> String {
    String(repeating: "  let a = 1\n", count: lines)
  }

  private static func function(lines: Int) -> String {
    "func a() {\n" + body(lines - 2) + "}\n"
  }
}
