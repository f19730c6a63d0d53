import KindlyConfig
import KindlyCore
import KindlyTransport

/// Tencent Cloud's SMS service: SendSms of version 2021-01-11, for one number.
///
/// The answer has a code for the number, or one for the whole request, both with status 200. `SessionContext` is the
/// reminder's id; it comes back in the answer and guards against no repeat. Source: Tencent Cloud API, "SendSms".
struct TencentSMS: HTTPService {
  let channel: String
  let url: String
  let region: String
  let app: String
  let sign: String?
  let signature: TC3

  var traits: ChannelTraits { SMSTraits.standard }
  var secrets: [Secret] { [signature.key, signature.secret] }

  private struct Body: Codable {
    let phoneNumbers: [String]
    let app: String
    let sign: String?
    let template: String
    let parameters: [String]
    let context: String

    enum CodingKeys: String, CodingKey {
      case phoneNumbers = "PhoneNumberSet"
      case app = "SmsSdkAppId"
      case sign = "SignName"
      case template = "TemplateId"
      case parameters = "TemplateParamSet"
      case context = "SessionContext"
    }
  }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    let form = try SMSForm.form(of: delivery.message, on: channel)
    return try PayloadJSON.bytes(
      of: Body(
        phoneNumbers: [address], app: app, sign: sign, template: form.template,
        parameters: form.parameters.map(\.value), context: delivery.publicID))
  }

  func preview(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> HandOverPreview {
    let form = try SMSForm.form(of: delivery.message, on: channel)
    return SMSPreview.preview(
      template: form.template, parameters: form.parameters, of: delivery, sign: sign)
  }

  func request(for payload: Payload, at now: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(Body.self, from: payload) != nil else { return nil }
    let headers = signature.headers(
      TC3.Call(
        service: "sms", host: HTTPURL.authority(of: url), contentType: "application/json",
        body: payload.bytes, now: now))
    return HTTPRequest(
      url: "\(url)/",
      headers: headers + [
        HTTPRequest.Header("X-TC-Action", "SendSms"),
        HTTPRequest.Header("X-TC-Version", "2021-01-11"),
        HTTPRequest.Header("X-TC-Region", region),
      ], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    guard let json = JSONAnswer(answer) else {
      return answer.notJSON(at: now)
    }
    if let code = json.text("Response.Error.Code") {
      return TencentSMS.codes.outcome(of: code, in: answer, at: now)
    }
    guard let code = json.text("Response.SendStatusSet.0.Code") else {
      return answer.notJSON(at: now)
    }
    return code.isExactly("Ok")
      ? answer.acceptance : TencentSMS.codes.outcome(of: code, in: answer, at: now)
  }

  static let codes = CodeTable([
    .init(["InternalError*", "RequestLimitExceeded*", "ResourceUnavailable*"], .channelRetry()),
    .init(
      ["LimitExceeded.PhoneNumberThirtySecondLimit"], .retry(after: .seconds(30)),
      "the number got a message less than 30 seconds ago"),
    .init(
      ["LimitExceeded.PhoneNumberOneHourLimit", "LimitExceeded.DeliveryFrequencyLimit"],
      .retry(after: .hours(1)),
      "the number has had as many messages as the provider allows in an hour"),
    .init(
      ["LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberSameContentDailyLimit"],
      .retry(after: .hours(6)),
      "the number has had as many messages as the provider allows in a day"),
    .init(
      [
        "LimitExceeded.AppDailyLimit", "LimitExceeded.AppGlobalDailyLimit",
        "LimitExceeded.DailyLimit", "LimitExceeded.AppMainlandChinaDailyLimit",
      ],
      .channelRetry(after: .hours(1)),
      "the daily limit of the application is reached; raise it in the console"),
    .init(
      ["FailedOperation.MarketingSendTimeConstraint"], .retry(after: .hours(1)),
      "marketing messages go from 08:00 to 22:00 only"),
    .init(["FailedOperation.PhoneNumberInBlacklist"], .rejected(), "the customer has opted out"),
    .init(
      [
        "InvalidParameterValue.IncorrectPhoneNumber", "InvalidParameterValue.ProhibitedPhoneNumber",
      ], .rejected()),
    .init(
      ["FailedOperation.SignatureIncorrectOrUnapproved"], .misconfigured,
      "`sign` is not a signature that the provider has approved for this account"),
    .init(
      ["FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.TemplateIdNotExist"],
      .badMessage,
      "the letter's template is not one that the provider has approved"),
    .init(
      [
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "InvalidParameterValue.TemplateParameterFormatError",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        "InvalidParameterValue.ContentLengthLimit", "FailedOperation.ContainSensitiveWord",
      ], .badMessage, "the letter's parameters are not what the provider's template takes"),
    .init(
      ["FailedOperation.InsufficientBalanceInSmsPackage"], .misconfigured,
      "the account has no messages left; buy a package"),
    .init(
      ["AuthFailure*", "UnauthorizedOperation*"], .misconfigured,
      "`secret id` or `secret key` is wrong or may not send, or this machine's clock is wrong"),
    .init(
      ["InvalidParameterValue.SdkAppIdNotExist"], .misconfigured,
      "`app` is not the SdkAppId of this account"),
  ])
}
