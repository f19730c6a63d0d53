import KindlyCore
import KindlySystemd
import Testing

@Suite("LifelineWatchdog")
struct LifelineWatchdogTests {
  let start = Instant(seconds: 1_000_000)

  /// A watchdog asked every 30 s, with a quick loop and a slow one.
  func watchdog() -> LifelineWatchdog {
    let watchdog = LifelineWatchdog(askedEvery: .seconds(30), now: start)
    watchdog.register("dispatcher", limit: .seconds(60), now: start)
    watchdog.register("keeper", limit: .seconds(300), now: start)
    return watchdog
  }

  @Test("is alive while every loop beats within its own limit")
  func alive() {
    let watchdog = watchdog()
    for second in stride(from: 30, through: 300, by: 30) {
      watchdog.beat("dispatcher", now: start + .seconds(second))
      #expect(watchdog.isAlive(now: start + .seconds(second)))
    }
  }

  @Test("is not alive once one loop is silent beyond its limit, and names it")
  func silent() {
    let watchdog = watchdog()
    for second in stride(from: 30, through: 330, by: 30) {
      watchdog.beat("dispatcher", now: start + .seconds(second))
    }
    #expect(watchdog.silentLoops(now: start + .seconds(330)) == ["keeper"])
    #expect(!watchdog.isAlive(now: start + .seconds(331)))
    watchdog.beat("keeper", now: start + .seconds(340))
    #expect(watchdog.isAlive(now: start + .seconds(340)))
  }

  @Test("a loop that has ended is not waited for, a stranger's beat means nothing")
  func unregistered() {
    let watchdog = watchdog()
    watchdog.unregister("dispatcher")
    watchdog.beat("stranger", now: start + .seconds(50))
    #expect(watchdog.isAlive(now: start + .seconds(100)))
    #expect(watchdog.silentLoops(now: start + .seconds(100)) == [])
  }

  @Test("a step of the clock is held against no loop", arguments: [7200, -7200, 86_400])
  func steppedClock(by seconds: Int) {
    let watchdog = watchdog()
    let stepped = start + .seconds(seconds)
    #expect(watchdog.isAlive(now: stepped))
    #expect(watchdog.isAlive(now: stepped + .seconds(45)))
    #expect(watchdog.silentLoops(now: stepped + .seconds(75)) == ["dispatcher"])
  }
}
