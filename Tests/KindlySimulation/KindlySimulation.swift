import Foundation
import Glibc

/// Plays seeded years of companies to Kindly, and says where it does what its definitions do not say.
@main
struct KindlySimulation {
  static func main() async {
    do {
      let options = try SimulationOptions(Array(CommandLine.arguments.dropFirst()))
      exit(await run(options) ? 0 : 1)
    } catch let problem as SimulationOptions.Problem {
      print(problem.text)
      exit(64)
    } catch {
      print("\(error)")
      exit(70)
    }
  }

  private static func run(_ options: SimulationOptions) async -> Bool {
    var failed: [SeedResult] = []
    let total = await SeedResult.each(of: options.seeds, width: options.width) { result in
      guard let failure = result.failure else { return }
      failed.append(result)
      print("seed \(result.seed): \(failure)")
    }
    print("\(options.seeds.count) seeds, \(failed.count) failed; \(total.words)")
    if options.shortens, let first = failed.map(\.seed).min() {
      print(await ShorterStory(of: Story(seed: first)).find())
    }
    return failed.isEmpty
  }
}

/// What the command line asks for.
struct SimulationOptions {
  var seeds: ClosedRange<UInt64> = 1...100
  /// How many stories are played at once.
  var width = max(ProcessInfo.processInfo.activeProcessorCount, 1)
  var shortens = true

  struct Problem: Error { let text: String }

  init(_ arguments: [String]) throws {
    var (from, count) = (UInt64(1), UInt64(100))
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--long" {
        shortens = false
        continue
      }
      guard let number = rest.popFirst().flatMap(UInt64.init) else {
        throw Problem(text: SimulationOptions.usage)
      }
      switch word {
      case "--seeds" where number > 0: count = number
      case "--from": from = number
      case "--width" where number > 0: width = Int(number)
      default: throw Problem(text: SimulationOptions.usage)
      }
    }
    seeds = from...(from + count - 1)
  }

  private static let usage = """
    usage: KindlySimulation [--seeds COUNT] [--from SEED] [--width COUNT] [--long]

    Plays a simulated year for each seed from SEED (1) on, COUNT (100) of them. Prints the story of the first seed that
    fails, shortened to the events that matter; --long leaves that out.
    """
}
