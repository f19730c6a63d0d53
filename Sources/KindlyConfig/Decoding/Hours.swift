import KindlyCore

/// Reads `quiet hours:` and `send hours:`, and remembers where they are written.
struct HoursReader {
  let findings: Findings
  let spots: HourSpots

  /// What a rule or step says.
  func ofRule(_ fields: inout Fields) -> (quiet: HoursSetting?, send: HoursSetting?) {
    let quiet = setting(&fields, HourSpots.quiet, mayHold: true)
    let send = setting(&fields, HourSpots.send, mayHold: true)
    return (quiet, send)
  }

  /// What a channel or the whole configuration says.
  func ofChannel(_ fields: inout Fields) -> (quiet: HoursSetting?, send: HoursSetting?) {
    let quiet = setting(&fields, HourSpots.quiet, mayHold: false)
    let send = setting(&fields, HourSpots.send, mayHold: false)
    return (quiet, send)
  }

  private func setting(
    _ fields: inout Fields, _ key: String, mayHold: Bool
  ) -> HoursSetting? {
    guard let item = fields.item(key), let texts = fields.texts(key) else { return nil }
    spots.note(key, in: fields.spot.place, at: item.spot)
    if !fields.isList(key), let text = texts.first {
      switch word(text.string, mayHold) {
      case let word?: return word
      case nil where text.string.first?.isASCIIDigit != true && !text.string.contains(":"):
        text.refuse(
          "expected `\(key)` to be \(mayHold ? "`yes`, " : "")`none` or hours such as \(example(of: key)), got \(text.shape)"
        )
        return nil
      case nil: break
      }
    }
    let read = texts.compactMap { windows($0, key) }
    guard read.count == texts.count, !refusesDays(of: read, texts, key) else { return nil }
    return WeekHours(read.flatMap(\.self)).map(HoursSetting.own)
  }

  private func word(_ text: String, _ mayHold: Bool) -> HoursSetting? {
    if text.isExactly("none") { return .off }
    switch Notation.flag(text) {
    case true?: return mayHold ? .on : nil
    case false?: return .off
    case nil: return nil
    }
  }

  private func windows(_ text: Text, _ key: String) -> [WeekHours.Window]? {
    do throws(HoursProblem) {
      return try WeekHours.windows(in: text.string)
    } catch {
      text.refuse("`\(key)`: \(error), as in `\(example(of: key))`", offset: error.offset)
      return nil
    }
  }

  /// In `[weekdays 09:00-12:00, 13:30-18:00]` the second window is on every day, which nobody means.
  private func refusesDays(
    of windows: [[WeekHours.Window]], _ texts: [Text], _ key: String
  ) -> Bool {
    let areOnEveryDay = texts.map { $0.string.first?.isASCIIDigit == true }
    guard areOnEveryDay.contains(true), let named = areOnEveryDay.firstIndex(of: false),
      let index = areOnEveryDay.firstIndex(of: true)
    else { return false }
    let text = texts[index]
    text.refuse(
      "expected each window of `\(key)` to name its days, as \(texts[named].shape) does, got \(text.shape); "
        + "write `daily \(text.string)` if it is on every day")
    return true
  }

  private func example(of key: String) -> String {
    key.isExactly(HourSpots.quiet) ? "21:00-08:30" : "weekdays 09:00-18:00"
  }
}

/// Where the configuration, its channels and its rules set hours, so that hours that contradict each other are reported
/// at their place.
final class HourSpots {
  static let quiet = "quiet hours"
  static let send = "send hours"

  private var quiet: [Place: Spot] = [:]
  private var send: [Place: Spot] = [:]

  /// - Parameter place: where the map begins that has the key.
  func note(_ key: String, in place: Place, at spot: Spot) {
    if key.isExactly(HourSpots.quiet) { quiet[place] = spot } else { send[place] = spot }
  }

  /// The first of some maps in which either key is written, and its spot.
  func first(of places: [Place]) -> Spot? {
    places.lazy.compactMap { [self] in send[$0] ?? quiet[$0] }.first
  }
}
