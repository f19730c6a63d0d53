/// What a rule or a channel says about quiet hours or send hours; where it says nothing, those around it hold.
package enum HoursSetting: Hashable, Sendable {
  /// `none`, or `no`: its messages leave at any hour.
  case off
  /// `yes`: the hours around it hold its messages, whatever their class.
  case on
  case own(WeekHours)
}

extension HoursSetting: CustomStringConvertible {
  /// The setting as configuration writes it.
  package var description: String {
    switch self {
    case .off: "none"
    case .on: "yes"
    case .own(let hours): hours.description
    }
  }
}

/// The quiet hours and the send hours of a channel: its own, or everyone's.
package struct ChannelHours: Hashable, Sendable {
  package let quiet: WeekHours?
  package let send: WeekHours?

  package static let none = ChannelHours(quiet: nil, send: nil)

  package init(quiet: WeekHours?, send: WeekHours?) {
    self.quiet = quiet
    self.send = send
  }

  /// The hours that hold inside these: where a setting says nothing, these do.
  package func with(quiet: HoursSetting?, send: HoursSetting?) -> ChannelHours {
    ChannelHours(
      quiet: ChannelHours.inner(quiet, self.quiet), send: ChannelHours.inner(send, self.send))
  }

  private static func inner(_ setting: HoursSetting?, _ outer: WeekHours?) -> WeekHours? {
    switch setting {
    case nil, .on: outer
    case .off: nil
    case .own(let hours): hours
    }
  }
}

/// The hours at which a step's messages may leave over a channel.
///
/// Quiet hours are when nothing leaves, and send hours are when it may. Those of a channel hold everything that rings,
/// and mail of class care and marketing; service mail leaves at once. A rule's own hours hold whatever it sends.
package struct OpenHours: Hashable, Sendable {
  package let quiet: WeekHours?
  package let send: WeekHours?
  /// Tells which days are workdays.
  package let calendar: WorkCalendar

  package init(quiet: WeekHours?, send: WeekHours?, calendar: WorkCalendar = WorkCalendar()) {
    self.quiet = quiet
    self.send = send
    self.calendar = calendar
  }

  /// - Parameter calendar: the calendar that the recipient's row names; nil where it names none.
  package init(
    of step: Step, over traits: ChannelTraits, _ channel: ChannelHours,
    calendar: ExactText? = nil
  ) {
    let isHeld = traits.rings || step.messageClass != .service
    let inner = channel.with(quiet: step.quietHours, send: step.sendHours)
    self.init(
      quiet: step.quietHours != nil || isHeld ? inner.quiet : nil,
      send: step.sendHours != nil || isHeld ? inner.send : nil,
      calendar: step.workdays(ofCustomerWith: calendar).calendar)
  }

  /// Why nothing may leave at an instant, and until when.
  package struct Closure: Hashable, Sendable {
    /// Quiet hours or send hours: the one that lasts longer.
    package let reason: Reason
    /// The next instant at which messages may leave; `distantFuture` if there is none in sight.
    package let until: Instant
  }

  /// What holds messages at an instant by the clocks of a zone; nil if they may leave.
  package func closure(at now: Instant, in zone: Zone) -> Closure? {
    guard quiet != nil || send != nil else { return nil }
    let opening = opening(at: now, in: zone)
    guard opening > now else { return nil }
    let isQuiet = send == nil || quiet?.end(at: now, in: zone, calendar) == opening
    return Closure(reason: isQuiet ? .quietHours : .sendHours, until: opening)
  }

  /// The first instant from now on at which both let messages leave.
  private func opening(at now: Instant, in zone: Zone) -> Instant {
    var instant = now
    // Each turn passes a window; a year of windows without an opening is none at all.
    let limit = now + .days(WorkCalendar.longestTimeOff)
    while instant < limit {
      if let end = quiet?.end(at: instant, in: zone, calendar) {
        instant = end
      } else if let send, send.end(at: instant, in: zone, calendar) == nil {
        guard let start = send.start(after: instant, in: zone, calendar) else {
          return .distantFuture
        }
        instant = start
      } else {
        return instant
      }
    }
    return .distantFuture
  }
}

extension OpenHours {
  /// Whether a calendar decides on which days they are.
  package var asksCalendar: Bool { quiet?.asksCalendar == true || send?.asksCalendar == true }

  /// Whether messages may leave at a minute of an ordinary week, counted from Monday's midnight.
  package func isOpen(minuteOfWeek minute: Int) -> Bool {
    send?.contain(minuteOfWeek: minute, in: calendar) != false
      && quiet?.contain(minuteOfWeek: minute, in: calendar) != true
  }

  /// The minutes of an ordinary week, counted from Monday's midnight, at which messages may leave.
  package var week: [Bool] {
    let all = [Bool](repeating: true, count: Weekday.allCases.count * 1440)
    let open = send?.minutes(ofWeekIn: calendar) ?? all
    guard let quiet = quiet?.minutes(ofWeekIn: calendar) else { return open }
    return zip(open, quiet).map { $0 && !$1 }
  }
}

extension OpenHours {
  /// The hours that kept a reminder from leaving while it was of use, as the values that decided.
  package func evidence(until opening: Instant, useUntil: Instant) -> String {
    var values: RowValues = [:]
    if let quiet { values[ExactText(Reason.quietHours.words)] = .text(quiet.description) }
    if let send { values[ExactText(Reason.sendHours.words)] = .text(send.description) }
    if opening < .distantFuture { values["next open"] = .text(opening.description) }
    values["could be sent until"] = .text(useUntil.description)
    return JSONText.object(values)
  }
}
