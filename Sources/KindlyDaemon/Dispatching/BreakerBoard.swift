package import KindlyCore
import Synchronization

/// The breakers of all channels.
package final class BreakerBoard: Sendable {
  private struct State {
    var breakers: [ExactText: Breaker] = [:]
    /// Why each channel or destination went down and since when; kept over the tries that fail until one succeeds.
    var causes: [Line: Cause] = [:]

    mutating func note(_ outcome: Outcome, on line: Line, now: Instant) {
      causes[line] = Cause(since: causes[line]?.since ?? now, text: outcome.text)
    }
  }

  /// A channel, or one of its destinations.
  private struct Line: Hashable {
    let channel: ExactText
    let destination: ExactText?
  }

  /// Why a channel is down.
  private struct Cause {
    let since: Instant
    /// The other side's words, masked.
    let text: String
  }

  private let state = Mutex(State())

  package init() {}

  /// The end of a channel's downtime; nil while it is up.
  package func downUntil(_ channel: String, now: Instant) -> Instant? {
    state.withLock { $0.breakers[channel]?.downUntil(at: now) }
  }

  /// The end of the downtime of a channel's destination; nil while it is up, or where there is none.
  func downUntil(_ destination: ExactText?, of channel: String, now: Instant) -> Instant? {
    destination.flatMap { destination in
      state.withLock { $0.breakers[channel]?.downUntil(destination, at: now) }
    }
  }

  /// Records an outcome; returns what opens because of it.
  func record(
    _ outcome: Outcome, of channel: String, to recipient: String, at destination: ExactText?,
    began: Instant, now: Instant
  ) -> Breaker.Opening {
    state.withLock { state in
      let opening = state.breakers[channel, default: Breaker()].note(
        outcome, to: recipient, at: destination, began: began, now: now)
      let channel = Line(channel: ExactText(channel), destination: nil)
      let place = Line(channel: channel.channel, destination: destination)
      if case .sent = outcome {
        state.causes[channel] = nil
        state.causes[place] = nil
      }
      switch opening {
      case .nothing: break
      case .channel: state.note(outcome, on: channel, now: now)
      case .destination: state.note(outcome, on: place, now: now)
      }
      return opening
    }
  }

  /// When the last accepted hand-over began that shows that a refusal concerns the recipient alone.
  func lastAccepted(by channel: String, speakingFor destination: ExactText?) -> Instant? {
    state.withLock { $0.breakers[channel]?.lastAccepted(speakingFor: destination) }
  }

  /// The channels that went down and have sent nothing since, and the destinations that are down now.
  func problems(now: Instant) -> [Problem] {
    state.withLock { state in
      state.causes.compactMap { line, cause in
        let breaker = state.breakers[line.channel.string]
        guard let destination = line.destination else {
          return Problem(
            .channel(line.channel.string),
            .down(until: breaker?.openUntil ?? cause.since, because: cause.text),
            since: cause.since)
        }
        return breaker?.downUntil(destination, at: now).map { until in
          Problem(
            .destination(destination.string, channel: line.channel.string),
            .down(until: until, because: cause.text), since: cause.since)
        }
      }
    }
  }

  /// Closes all breakers: after a reload each channel is tried afresh.
  func reset() {
    state.withLock { $0 = State() }
  }
}
