import KindlyCore
import Testing

@Suite("The rush at full and half hours")
struct RushMinuteTests {
  /// 10:00:00 in UTC.
  private static let hour = Instant(seconds: 1_770_717_600)

  @Test(
    "begins a little before the minute and ends with it",
    arguments: [
      (-16, nil), (-15, 60), (0, 60), (59, 60), (60, nil), (900, nil), (1784, nil), (1785, 1860),
      (1800, 1860), (1859, 1860), (1860, nil),
    ])
  func minutes(_ offset: Int, _ end: Int?) {
    let now = Self.hour + .seconds(offset)
    #expect(RushMinute.end(at: now) == end.map { Self.hour + .seconds($0) })
  }
}
