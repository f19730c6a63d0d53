import Foundation

/// What the command line asks for.
struct BenchOptions {
  /// The benchmarks to run, in their order.
  var chosen = Benchmark.all
  /// Where the temporary folder is made.
  var folder = FileManager.default.temporaryDirectory.path
  /// Set in the process that a benchmark starts to measure an idle daemon from outside.
  var idleFolder: String?
  /// Set in the process that makes a forecast.
  var forecastFolder: String?
  /// Set in the process that plays the company's application.
  var applicationDatabase: String?

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    var names: [String] = []
    while let word = rest.popFirst() {
      switch word {
      case "--only": names.append(try BenchOptions.value(of: word, &rest))
      case "--folder": folder = try BenchOptions.value(of: word, &rest)
      case IdleDaemon.option: idleFolder = try BenchOptions.value(of: word, &rest)
      case ForecastChild.option: forecastFolder = try BenchOptions.value(of: word, &rest)
      case WritingApplication.option:
        applicationDatabase = try BenchOptions.value(of: word, &rest)
      case "--help", "-h": throw UsageProblem(text: BenchOptions.usage, isAskedFor: true)
      default: throw UsageProblem(text: "expected an option, got \(word)\n\n" + BenchOptions.usage)
      }
    }
    guard !names.isEmpty else { return }
    chosen = try names.map { name in
      guard let found = (Benchmark.all + Benchmark.onDemand).first(where: { $0.name == name })
      else {
        throw UsageProblem(text: "there is no benchmark \(name)\n\n" + BenchOptions.usage)
      }
      return found
    }
  }

  private static func value(
    of option: String, _ rest: inout ArraySlice<String>
  ) throws -> String {
    guard let value = rest.popFirst() else {
      throw UsageProblem(text: "expected a value after \(option)\n\n" + usage)
    }
    return value
  }

  private static let usage = """
    usage: KindlyBench [--only NAME]... [--folder FOLDER]

    Measures everything but the race, in about seven minutes, or what is named. Temporary files go into a folder of their own under
    FOLDER (TMPDIR unless it is given), which is removed at the end; the disk measured is the one it is on.

    \((Benchmark.all + Benchmark.onDemand).map { "  \($0.name)".padding(toLength: 16, withPad: " ", startingAt: 0) + $0.summary }
      .joined(separator: "\n"))
    """
}

/// Why the command line was not understood, or what it asked to be told.
struct UsageProblem: Error {
  let text: String
  var isAskedFor = false
}
