import KindlyCore
import Testing

@Suite("Soft bounces")
struct SoftBounceTests {
  private static func days(_ days: Int?...) -> [Instant?] {
    days.map { $0.map { Instant(milliseconds: Int64($0) * 86_400_000) } }
  }

  @Test("five in a row over two weeks suppress an address, and nothing less does")
  func adds() {
    #expect(SoftBounces.suppress(SoftBounceTests.days(20, 15, 10, 8, 6)))
    #expect(SoftBounces.suppress(SoftBounceTests.days(20, 15, 10, 8, 6, nil)))
    #expect(!SoftBounces.suppress(SoftBounceTests.days(20, 15, 10, 8)))
    #expect(!SoftBounces.suppress(SoftBounceTests.days(20, 15, nil, 8, 6, 1)))
    #expect(!SoftBounces.suppress(SoftBounceTests.days(20, 15, 10, 8, 7)))
    #expect(!SoftBounces.suppress([]))
  }
}
