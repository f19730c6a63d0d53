import Foundation
import KindlyCore
import Testing

/// Every kind of schedule over every change of offset that tzdata has from 2025 to 2030.
///
/// What is due when is computed here from the offsets before and after a transition, by adding and comparing alone.
@Suite("A walk through the zones")
struct ZoneWalkTests {
  private struct Place {
    let zone: Zone
    let transitions: [ZoneTransition]
  }

  private static func places() throws -> [Place] {
    try ZoneTransition.zoneNames().compactMap { name in
      let transitions = ZoneTransition.all(of: try #require(TimeZone(identifier: name)))
      if transitions.isEmpty { return nil }
      return Place(zone: try #require(Zone.named(name)), transitions: transitions)
    }
  }

  @Test("meets every zone of tzdata that changes its clocks")
  func everyone() throws {
    let places = try ZoneWalkTests.places()
    // In 2025 there are 201 such names, with 2,414 transitions; releases of tzdata bring and take a few.
    #expect((180...260).contains(places.count), "\(places.count) zones")
    let count = places.reduce(0) { $0 + $1.transitions.count }
    #expect((2_100...3_100).contains(count), "\(count) transitions")
  }

  @Test(
    "fires each local moment at every transition once, by `on` and by the other kinds in turn"
  )
  func everyTransition() throws {
    let plans = try WalkPlan.all()
    var turn = 0
    for place in try ZoneWalkTests.places() {
      for transition in place.transitions {
        for local in transition.ruleTimes {
          let walk = Walk(zone: place.zone, transition: transition, local: local)
          turn += 1
          for plan in [plans[0], plans[1 + turn % (plans.count - 1)]] {
            try walk.check(plan, windows: walk.fewWindows)
          }
        }
      }
    }
  }

  /// Zones whose clocks change at the same instant by the same offsets are walked once; `everyTransition` meets them all.
  @Test(
    "fires each local moment once by every kind, wherever the windows of the scans are cut"
  )
  func everyKind() throws {
    let plans = try WalkPlan.all()
    let times = try WalkTimes()
    var seen: Set<ZoneTransition> = []
    for place in try ZoneWalkTests.places() {
      for transition in place.transitions where seen.insert(transition).inserted {
        for local in transition.ruleTimes {
          let walk = Walk(zone: place.zone, transition: transition, local: local)
          for plan in plans { try walk.check(plan, windows: walk.manyWindows) }
          try walk.checkTimes(times)
          try walk.checkCalendarDays()
        }
      }
    }
    #expect(seen.count > 100)
  }
}
