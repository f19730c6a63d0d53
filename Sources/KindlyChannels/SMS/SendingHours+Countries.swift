import KindlyConfig
import KindlyCore

/// The hours of countries in which marketing text messages are refused or forbidden.
extension SendingHours {
  /// Providers in China deliver marketing messages from 08:00 to 22:00 only.
  ///
  /// Source: Huawei Cloud, "Are there any restrictions on the time for sending SMSs?"; Tencent Cloud answers
  /// `FailedOperation.MarketingSendTimeConstraint` outside the hours.
  static let china = hours(from: 22, to: 8, "carriers in China refuse")

  /// US law allows telephone solicitations, which include text messages, from 8 to 21 o'clock where the recipient is.
  ///
  /// Source: 47 CFR 64.1200 (c)(1).
  static let unitedStates = hours(from: 21, to: 8, "US law (47 CFR 64.1200) forbids")

  private static func hours(from: Int, to: Int, _ authority: String) -> SendingHours {
    guard let begin = TimeOfDay(hour: from, minute: 0), let end = TimeOfDay(hour: to, minute: 0),
      let window = DailyWindow(from: begin, to: end)
    else { preconditionFailure("the hours are no window of a day") }
    return SendingHours(refused: window, authority: authority)
  }
}
