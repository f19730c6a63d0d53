package import KindlyCore

/// Every role of the ledger that the daemon's services play.
package typealias SharedLedger = PlanningLedger & NoticingLedger & DispatchingLedger
  & AnswerLedger & KeepingLedger & FuseLedger & ActingLedger & ChannelLedger & ReadingLedger
