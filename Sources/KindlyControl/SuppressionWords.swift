package import KindlyCore

/// What the verbs about suppressed addresses answer, by the daemon and without it.
package enum SuppressionWords {
  package static func added(_ isNew: Bool) -> ControlReply {
    isNew
      ? .ok(text: "suppressed; nothing is sent to this address until it is lifted", count: 1)
      : .refused(
        text: "this address is suppressed already; `kindly suppression list` shows since when")
  }

  package static func lifted(_ lift: SuppressionLift) -> ControlReply {
    guard lift.lifted > 0 else {
      return .refused(
        text: "no suppressed address matches; `kindly suppression list` shows all of them")
    }
    let addresses = counted(lift.lifted, "address", "addresses")
    let reminders = counted(lift.revived, "reminder")
    return .ok(
      text: "\(addresses) lifted; \(reminders) back in the queue", count: lift.lifted)
  }
}
