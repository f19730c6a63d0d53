import Testing

@testable import KindlySimulation

@Suite("Simulated years")
struct SimulationTests {
  /// As many as take five minutes on two cores.
  private static let seeds = UInt64(1)...200

  @Test("of two hundred companies send what the definitions say, and nothing else")
  func years() async throws {
    let total = await SeedResult.each(of: Self.seeds) { result in
      guard let failure = result.failure else { return }
      Issue.record(
        "seed \(result.seed): \(failure)\nreplay: make simulate SEEDS=1 FROM=\(result.seed)")
    }
    // A story in which nothing applies, or a model that leaves everything open, would prove nothing.
    #expect(total.turns > 40 * Self.seeds.count)
    #expect(total.sent > 20 * Self.seeds.count)
    #expect(total.leftOpen * 20 < total.applied, "\(total.words)")
    // What no story brings about is not tested.
    for sort in NaiveModel.Sort.allCases {
      #expect((total.sorts[sort] ?? 0) >= sort.floor, "\(sort.rawValue): \(total.words)")
    }
  }

  @Test("are the same each time")
  func replays() {
    #expect("\(Story(seed: 7))" == "\(Story(seed: 7))")
    #expect("\(Story(seed: 7))" != "\(Story(seed: 8))")
  }
}
