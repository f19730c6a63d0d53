/// Calls that have one right place, which is not where they stand.
extension TidyRule {
  /// The one file of the daemon that reads the clock and sleeps.
  private static let clockAdapter = "Sources/KindlyDaemon/SystemClock.swift"

  /// Readings that no moment is decided by: the protocol of reloads carries one, blocking work that has no clock at hand
  /// keeps its deadline by one, and the age of a file is told by one.
  private static let monotonic: Set = [
    "Sources/KindlySystemd/Notifier.swift", "Sources/KindlySources/Engine/Stopwatch.swift",
    "Sources/KindlyTransport/Uptime.swift",
  ]
  /// Where the clock that everyone is given says what sleeping on it means.
  private static let timekeeper = "Sources/KindlyCore/Time/Timekeeper.swift"

  /// The one file that knows which kind of ledger there is.
  private static let ledgerAssembly = "Sources/KindlyDaemon/Composition/LedgerAssembly.swift"

  private static var clockReading: Regex<Substring> {
    #/
      \bDate(?:\(\)|\.now\b|\(timeIntervalSinceNow)
      |\b(?:Continuous|Suspending|UTC)Clock(?:\(\))?\.now\b
      |\bDispatch(?:Wall)?Time\.now\(
      |\b(?:CFAbsoluteTimeGetCurrent|clock_gettime|gettimeofday)\(
      |(?:^|[^\w.])time\(nil\)
    /#
  }

  static let words = [
    TidyRule("libraries do not print") { path in
      Place.sources(path) && !path.hasPrefix("Sources/kindly/")
    } find: { file in
      file.findings(
        ["rint(", "dump("], #/(?:^|[^\w.])(?:print|debugPrint|dump)\(/#,
        instead: "take a Logger, or return the text to the command; only Sources/kindly prints")
    },
    TidyRule("no try!", in: Place.isSwift) { file in
      file.findings(
        ["try!"], #/\btry!/#, instead: "use `try`, and let the error go up or handle it")
    },
    TidyRule("a task-local value is no function", in: Place.isSwift) { file in
      file.findings(
        ["@TaskLocal"], #/@TaskLocal\b.*->/#,
        instead:
          "put the function into a struct, because optimised code of Swift 6.3 crashes when it sets a function"
      )
    },
    TidyRule("time is an argument") { path in
      Place.sources(path) && path != clockAdapter && !monotonic.contains(path)
    } find: { file in
      file.findings(
        ["Date", "Clock", "Time", "time", "clock_"],
        clockReading,
        instead: "take `now: Instant` as an argument; only \(clockAdapter) reads the clock")
    },
    TidyRule("nobody sleeps without a clock") { path in
      // A benchmark is about the real clock.
      Place.isSwift(path) && path != clockAdapter && path != timekeeper
        && !path.hasPrefix("Benchmarks/")
    } find: { file in
      file.findings(
        ["sleep"],
        #/\b(?:Task|Thread)\.sleep\b|(?:^|[^\w.\s]|\btry|\bawait)\s*(?:sleep|usleep|nanosleep)\(/#,
        instead:
          "wait for an event, or sleep on the clock you are given (\(clockAdapter) has the real one)"
      )
    },
    TidyRule("one file knows the kind of ledger") { path in
      Place.sources(path) && path != ledgerAssembly && !path.hasPrefix("Sources/KindlyTestKit/")
    } find: { file in
      file.findings(
        ["KindlySQLiteLedger"], #/\bimport\s+KindlySQLiteLedger\b/#,
        instead: "take a role of the ledger, and let a function of \(ledgerAssembly) open it")
    },
    TidyRule("test tools stay out of the product") { path in
      Place.sources(path) && !path.hasPrefix("Sources/KindlyTestKit/")
    } find: { file in
      file.findings(
        ["KindlyTestKit"], #/\bimport\s+KindlyTestKit\b/#,
        instead:
          "move what is shared into the target that owns it; KindlyTestKit is for tests and benchmarks"
      )
    },
  ]
}
