import KindlyConfig
import KindlyCore
import KindlyTransport
import Synchronization

/// Alibaba Cloud's SMS service: SendSms of version 2017-05-25, with the parameters in the query.
///
/// `OutId` is the reminder's id. Receipts return it, but it does not prevent repeats. Source: Alibaba Cloud, "SendSms".
struct AliyunSMS: HTTPService {
  let channel: String
  let url: String
  let sign: String
  let signature: ACS3
  private let requests = RequestCounter()

  init(channel: String, url: String, sign: String, signature: ACS3) {
    self.channel = channel
    self.url = url
    self.sign = sign
    self.signature = signature
  }

  var traits: ChannelTraits { SMSTraits.standard }
  var secrets: [Secret] { [signature.key, signature.secret] }

  private struct Letter: Codable {
    let phone: String
    let template: String
    /// A JSON object whose values are all strings.
    let parameters: String
  }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    let form = try SMSForm.form(of: delivery.message, on: channel)
    let parameters = form.parameters.map {
      "\(JSONText.quoted($0.name)):\(JSONText.quoted($0.value))"
    }
    // Numbers of China go without their code, all others with it and without `+`.
    let digits = String(address.dropFirst())
    return try PayloadJSON.bytes(
      of: Letter(
        phone: digits.hasPrefix("861") && digits.utf8.count == 13
          ? String(digits.dropFirst(2)) : digits,
        template: form.template, parameters: "{\(parameters.joined(separator: ","))}"))
  }

  func preview(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> HandOverPreview {
    let form = try SMSForm.form(of: delivery.message, on: channel)
    return SMSPreview.preview(
      template: form.template, parameters: form.parameters, of: delivery, sign: sign)
  }

  func request(for payload: Payload, at now: Instant) -> HTTPRequest? {
    guard let letter = PayloadJSON.value(Letter.self, from: payload) else { return nil }
    var parameters = [
      (name: "OutId", value: payload.publicID), (name: "PhoneNumbers", value: letter.phone),
      (name: "SignName", value: sign), (name: "TemplateCode", value: letter.template),
    ]
    if letter.parameters != "{}" { parameters.append(("TemplateParam", letter.parameters)) }
    let (query, headers) = signature.signed(
      ACS3.Call(
        action: "SendSms", version: "2017-05-25", host: HTTPURL.authority(of: url),
        parameters: parameters, now: now,
        nonce: "\(payload.publicID)-\(now.milliseconds)-\(requests.next())"))
    return HTTPRequest(url: "\(url)/?\(query)", headers: headers, body: [])
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    AliyunSMS.codes.outcome(of: answer, codeAt: "Code", success: "OK", at: now)
  }

  static let codes = CodeTable([
    .init(
      ["isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "Throttling*", "ServiceUnavailable"],
      .channelRetry()),
    .init(
      ["isv.BUSINESS_LIMIT_CONTROL"], .retry(after: .hours(1)),
      "the number has had as many messages as the provider allows in a minute, an hour or a day"),
    .init(
      ["isv.DAY_LIMIT_CONTROL"], .channelRetry(after: .hours(1)),
      "the daily limit of the account is reached; raise it in the provider's console"),
    .init(
      ["isv.MONTH_LIMIT_CONTROL"], .channelRetry(after: .hours(6)),
      "the monthly limit of the account is reached; raise it in the provider's console"),
    .init(["isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT"], .rejected()),
    .init(["isv.BLACK_LIST*", "isv.BLACKLIST*"], .rejected()),
    .init(
      [
        "isv.SMS_SIGNATURE_ILLEGAL", "isv.SIGN_STATE_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
        "isv.SMS_SIGN_ILLEGAL",
      ], .misconfigured, "`sign` is not a signature that the provider has approved for this account"
    ),
    .init(
      ["isv.SMS_TEMPLATE_ILLEGAL", "isv.TEMPLATE_STATE_ILLEGAL"], .badMessage,
      "the letter's template code is not one that the provider has approved"),
    .init(
      [
        "isv.TEMPLATE_MISSING_PARAMETERS", "isv.TEMPLATE_PARAMS_ILLEGAL", "isv.INVALID_JSON_PARAM",
        "isv.INVALID_PARAMETERS", "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
      ], .badMessage, "the letter's parameters are not what the provider's template takes"),
    .init(
      [
        "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.PRODUCT_UN_SUBSCRIPT",
        "isv.PRODUCT_UNSUBSCRIBE",
      ],
      .misconfigured, "the account is out of money or the service is not subscribed"),
    .init(
      [
        "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isp.RAM_PERMISSION_DENY",
        "isv.DENY_IP_RANGE", "Forbidden*",
      ],
      .misconfigured, "the account or RAM user may not send"),
    .init(
      [
        "SignatureDoesNotMatch", "InvalidAccessKeyId*", "IncompleteSignature", "SignatureNonceUsed",
        "InvalidTimeStamp*",
      ], .misconfigured, "`access key`, `access secret` or this machine's clock is wrong"),
  ])
}

/// Counts requests, so that two within a millisecond differ.
private final class RequestCounter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
