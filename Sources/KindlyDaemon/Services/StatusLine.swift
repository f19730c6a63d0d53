import KindlyCore

/// The sentence that `systemctl status` shows.
struct StatusLine {
  let mode: String
  let isLive: Bool
  let rules: Int
  let status: LedgerStatus
  let problems: Int
  let holds: Int
  let isArmed: Bool
  let isClockHeld: Bool
  let zone: Zone

  var text: String {
    var parts: [String] = []
    if !isLive { parts.append(mode) }
    if !isArmed { parts.append("disarmed: see the journal") }
    if isClockHeld { parts.append("clock not trusted: see the journal") }
    parts.append(counted(rules, "rule"))
    parts.append("\(status.decided[.sent] ?? 0) sent in 24 h")
    let waiting = status.open[.waiting] ?? 0
    parts.append(
      status.nextDue.map { "\(waiting) waiting, next \(zone.text(of: $0))" } ?? "\(waiting) waiting"
    )
    if let uncertain = status.open[.uncertain], uncertain > 0 {
      parts.append("\(uncertain) uncertain")
    }
    if problems > 0 { parts.append(counted(problems, "problem")) }
    if holds > 0 { parts.append("\(counted(holds, "watch", "watches")) held") }
    return parts.joined(separator: " · ")
  }
}
