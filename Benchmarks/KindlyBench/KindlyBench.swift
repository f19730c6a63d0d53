import Foundation
import Glibc

/// Measures what Kindly promises in numbers, beside what the disk of the same machine does in the same minute.
///
/// A benchmark is no gate: it ends with 0 whatever it measures, and a figure below its target says so.
@main
struct KindlyBench {
  static func main() async {
    do {
      let options = try BenchOptions(Array(CommandLine.arguments.dropFirst()))
      if let folder = options.idleFolder {
        try await IdleDaemon.run(in: folder)
      } else if let folder = options.forecastFolder {
        try await ForecastChild.run(in: folder)
      } else if let database = options.applicationDatabase {
        try WritingApplication.run(on: database)
      } else {
        try await run(options)
      }
    } catch let problem as UsageProblem {
      say(problem.text)
      exit(problem.isAskedFor ? 0 : 64)
    } catch {
      say("the benchmark could not go on: \(error)")
    }
  }

  private static func run(_ options: BenchOptions) async throws {
    let workshop = try Workshop(under: options.folder)
    defer { workshop.remove() }
    let began = ContinuousClock.now
    say(Machine.description(folder: workshop.path))
    let table = ResultTable()
    table.printHead()
    for benchmark in options.chosen {
      let before = try DiskBaseline.measure(in: workshop.path)
      do {
        let measurements = try await benchmark.run(workshop)
        let after = try DiskBaseline.measure(in: workshop.path)
        for measurement in measurements {
          table.print(measurement, disk: DiskBaseline.Pair(before: before, after: after))
        }
      } catch {
        say("\(benchmark.name): could not be measured: \(error)")
      }
    }
    say("took \((ContinuousClock.now - began).formatted(.units(allowed: [.minutes, .seconds])))")
  }
}
