package import KindlyCore
package import Logging

/// What dispatching needs for every reminder: the ledger, the clocks, and what the daemon knows of its sources and
/// channels.
package struct Surroundings: Sendable {
  let ledger: any DispatchingLedger & NoticingLedger & FuseLedger
  let health: Health
  let pauses: PauseBoard
  let breakers: BreakerBoard
  let clocks: ClockBoard
  let clock: any Timekeeper
  let log: Logger

  package init(
    ledger: any DispatchingLedger & NoticingLedger & FuseLedger, health: Health, pauses: PauseBoard,
    breakers: BreakerBoard, clocks: ClockBoard, clock: any Timekeeper, log: Logger
  ) {
    self.ledger = ledger
    self.health = health
    self.pauses = pauses
    self.breakers = breakers
    self.clocks = clocks
    self.clock = clock
    self.log = log
  }
}
