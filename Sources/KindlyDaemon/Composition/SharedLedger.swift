package import KindlyCore

/// Every role of the ledger that the daemon's services play.
package typealias SharedLedger = PlanningLedger & NoticingLedger & DispatchingLedger
  & KeepingLedger & FuseLedger & ActingLedger & ChannelLedger & ReadingLedger
