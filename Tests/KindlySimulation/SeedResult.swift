import Foundation

/// What became of one seed.
struct SeedResult {
  let seed: UInt64
  var count = NaiveModel.Count()
  var failure: String?

  init(of seed: UInt64) async {
    self.seed = seed
    do {
      count = try await Simulation.run(Story(seed: seed))
    } catch {
      failure = "\(error)"
    }
  }
}

extension SeedResult {
  /// Plays seeds, a few at once, and counts what became of their letters.
  static func each(
    of seeds: ClosedRange<UInt64>, width: Int = ProcessInfo.processInfo.activeProcessorCount,
    _ body: (SeedResult) -> Void
  ) async -> NaiveModel.Count {
    await withTaskGroup(of: SeedResult.self) { group in
      var rest = Array(seeds)[...]
      func add() {
        if let seed = rest.popFirst() { group.addTask { await SeedResult(of: seed) } }
      }
      for _ in 0..<max(width, 1) { add() }
      var total = NaiveModel.Count()
      for await result in group {
        add()
        total += result.count
        body(result)
      }
      return total
    }
  }
}
