import Foundation
import KindlyCore
import KindlyTransport
import Testing

@testable import KindlyChannels

/// The signatures, forms and answers of providers of text messages, by their documentation.
@Suite("Text messages")
struct SMSTests {
  private func outcome(_ service: any HTTPService, status: Int = 200, _ body: String) -> Outcome {
    service.outcome(
      of: HTTPAnswer(status: status, body: Array(body.utf8)), at: ProviderStandIn.now)
  }

  private let aliyun = AliyunSMS(
    channel: "out", url: "https://dysmsapi.aliyuncs.com", sign: "阿里云",
    signature: ACS3(key: Secret("LTAI"), secret: Secret("YourAccessKeySecret")))
  private let tencent = TencentSMS(
    channel: "out", url: "https://sms.tencentcloudapi.com", region: "ap-guangzhou",
    app: "1400006666", sign: "腾讯云",
    signature: TC3(key: Secret("AKID"), secret: Secret("SECRETEXAMPLE")))
  private let twilio = Twilio(
    url: "https://api.twilio.com", account: "AC0123", token: Secret("token"),
    sender: .service("MG1"), validity: nil)

  // MARK: Signatures

  private func signature(_ call: ACS3.Call) -> String {
    let headers = aliyun.signature.signed(call).headers
    let authorization = headers.first { $0.name == "Authorization" }?.value ?? ""
    return String(authorization.split(separator: "Signature=").last ?? "")
  }

  @Test("ACS3 signs Alibaba Cloud's own example as its documentation does")
  func acs3Example() throws {
    let now = try Self.instant("2023-10-26T10:22:32Z")
    let call = ACS3.Call(
      action: "RunInstances", version: "2014-05-26", host: "ecs.cn-shanghai.aliyuncs.com",
      parameters: [
        ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
        ("RegionId", "cn-shanghai"),
      ], now: now, nonce: "3156853299f313e23d1673dc12e1703d")
    #expect(
      signature(call) == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
  }

  @Test("ACS3 signs a text message")
  func acs3() throws {
    let now = try Self.instant("2026-01-05T01:02:03Z")
    let call = ACS3.Call(
      action: "SendSms", version: "2017-05-25", host: "dysmsapi.aliyuncs.com",
      parameters: [
        ("TemplateParam", "{\"name\":\"张三\",\"days\":\"7\"}"), ("OutId", "rem-42"),
        ("PhoneNumbers", "13800138000"), ("SignName", "阿里云"), ("TemplateCode", "SMS_154950909"),
      ], now: now, nonce: "3156853299f313e23d1673dc12e1703d")
    #expect(
      signature(call) == "adb1ede8c6bba3d302268dcb4a37abb7ec5225e955241824afa7e327c5b56a5b")
  }

  @Test("TC3 signs Tencent Cloud's own example and a text message")
  func tc3() {
    let example = TC3.Call(
      service: "cvm", host: "cvm.tencentcloudapi.com",
      contentType: "application/json; charset=utf-8",
      body: Array(
        "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}"
          .utf8), now: Instant(seconds: 1_551_113_065))
    #expect(
      tencent.signature.canonicalHash(example)
        == "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031")
    let body =
      "{\"PhoneNumberSet\":[\"+8613800138000\"],\"SmsSdkAppId\":\"1400006666\",\"SignName\":\"腾讯云\",\"TemplateId\":\"1234\","
      + "\"TemplateParamSet\":[\"张三\",\"7\"],\"SessionContext\":\"rem-42\"}"
    let call = TC3.Call(
      service: "sms", host: "sms.tencentcloudapi.com", contentType: "application/json",
      body: Array(body.utf8), now: Instant(seconds: 1_767_575_523))
    #expect(
      tencent.signature.signature(call)
        == "021ece26fee74833fd3889a6eea8639211bd19be88657b732c4d69c44660911f")
  }

  private static func instant(_ text: String) throws -> Instant {
    Instant(try Date(text, strategy: .iso8601))
  }

  // MARK: Answers

  @Test(
    "Alibaba Cloud's codes are understood",
    arguments: [
      ("OK", "sent"), ("isp.SYSTEM_ERROR", "retry all"), ("isp.GATEWAY_ERROR", "retry all"),
      ("Throttling.User", "retry all"), ("isv.BUSINESS_LIMIT_CONTROL", "retry"),
      ("isv.DAY_LIMIT_CONTROL", "retry all"), ("isv.MONTH_LIMIT_CONTROL", "retry all"),
      ("isv.MOBILE_NUMBER_ILLEGAL", "rejected suppressed"),
      ("isv.BLACK_LIST_LIMIT", "rejected suppressed"),
      ("isv.SMS_SIGNATURE_ILLEGAL", "misconfigured all"),
      ("isv.SIGN_STATE_ILLEGAL", "misconfigured all"),
      ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", "misconfigured all"),
      ("isv.SMS_TEMPLATE_ILLEGAL", "misconfigured"),
      ("isv.TEMPLATE_MISSING_PARAMETERS", "misconfigured"),
      ("isv.INVALID_JSON_PARAM", "misconfigured"), ("isv.PARAM_LENGTH_LIMIT", "misconfigured"),
      ("isv.PARAM_NOT_SUPPORT_URL", "misconfigured"),
      ("isv.BLACK_KEY_CONTROL_LIMIT", "misconfigured"),
      ("isv.OUT_OF_SERVICE", "misconfigured all"), ("isv.AMOUNT_NOT_ENOUGH", "misconfigured all"),
      ("isv.PRODUCT_UN_SUBSCRIPT", "misconfigured all"),
      ("isp.RAM_PERMISSION_DENY", "misconfigured all"), ("isv.DENY_IP_RANGE", "misconfigured all"),
      ("SignatureDoesNotMatch", "misconfigured all"), ("isv.NEVER_SEEN", "misconfigured"),
    ])
  func aliyunCodes(_ code: String, _ expected: String) {
    let outcome = outcome(aliyun, "{\"Message\":\"said\",\"RequestId\":\"r\",\"Code\":\"\(code)\"}")
    #expect(outcome.summary == expected, "\(outcome)")
    #expect(outcome.text.contains(code))
  }

  @Test(
    "Tencent Cloud's codes are understood, of the number and of the whole request",
    arguments: [
      ("Ok", "sent"), ("InternalError.Timeout", "retry all"),
      ("InternalError.SendAndRecvFail", "retry all"), ("InternalError.UnknownError", "retry all"),
      ("InternalError.OtherError", "retry all"), ("RequestLimitExceeded", "retry all"),
      ("LimitExceeded.PhoneNumberThirtySecondLimit", "retry"),
      ("LimitExceeded.PhoneNumberOneHourLimit", "retry"),
      ("LimitExceeded.DeliveryFrequencyLimit", "retry"),
      ("LimitExceeded.PhoneNumberDailyLimit", "retry"),
      ("LimitExceeded.AppDailyLimit", "retry all"),
      ("FailedOperation.MarketingSendTimeConstraint", "retry"),
      ("FailedOperation.PhoneNumberInBlacklist", "rejected suppressed"),
      ("InvalidParameterValue.IncorrectPhoneNumber", "rejected suppressed"),
      ("FailedOperation.SignatureIncorrectOrUnapproved", "misconfigured all"),
      ("FailedOperation.TemplateIncorrectOrUnapproved", "misconfigured"),
      ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "misconfigured"),
      ("InvalidParameterValue.TemplateParameterLengthLimit", "misconfigured"),
      ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "misconfigured"),
      ("InvalidParameterValue.ContentLengthLimit", "misconfigured"),
      ("FailedOperation.InsufficientBalanceInSmsPackage", "misconfigured all"),
      ("AuthFailure.SecretIdNotFound", "misconfigured all"),
      ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "misconfigured all"),
      ("Never.Seen", "misconfigured"),
    ])
  func tencentCodes(_ code: String, _ expected: String) {
    let ofNumber = outcome(
      tencent,
      "{\"Response\":{\"SendStatusSet\":[{\"SerialNo\":\"1\",\"Code\":\"\(code)\",\"Message\":\"said\"}]}}"
    )
    #expect(ofNumber.summary == expected, "\(ofNumber)")
    guard code != "Ok" else { return }
    let ofRequest = outcome(
      tencent,
      "{\"Response\":{\"Error\":{\"Code\":\"\(code)\",\"Message\":\"said\"},\"RequestId\":\"r\"}}")
    #expect(ofRequest.summary == expected, "\(ofRequest)")
  }

  @Test(
    "Twilio's codes are understood",
    arguments: [
      (20429, 429, "retry all"), (21611, 400, "retry all"), (30001, 400, "retry all"),
      (30003, 400, "retry"), (21211, 400, "rejected suppressed"),
      (21614, 400, "rejected suppressed"), (21610, 400, "rejected suppressed"),
      (30005, 400, "rejected suppressed"), (30006, 400, "rejected suppressed"),
      (21612, 400, "rejected"), (30004, 400, "rejected"), (30007, 400, "rejected"),
      (30036, 400, "rejected"), (20003, 401, "misconfigured all"),
      (21606, 400, "misconfigured all"), (21608, 400, "misconfigured"),
      (99999, 400, "misconfigured"), (99999, 503, "retry all"), (99999, 500, "unknown"),
    ])
  func twilioCodes(_ code: Int, _ status: Int, _ expected: String) {
    let outcome = outcome(
      twilio, status: status, "{\"code\": \(code), \"message\": \"said\", \"status\": \(status)}")
    #expect(outcome.summary == expected, "\(outcome)")
  }

  @Test(
    "a code that Kindly does not know leaves the decision to the status",
    arguments: [
      (429, "retry all"), (503, "retry all"), (408, "retry"), (425, "retry"), (500, "unknown"),
      (502, "unknown"), (504, "unknown"), (400, "misconfigured"), (200, "misconfigured"),
    ])
  func unknownCodes(_ status: Int, _ expected: String) {
    let ofAliyun = outcome(aliyun, status: status, "{\"Code\":\"Never.Seen\",\"Message\":\"said\"}")
    #expect(ofAliyun.summary == expected, "\(ofAliyun)")
    let ofNumber = outcome(
      tencent, status: status, "{\"Response\":{\"SendStatusSet\":[{\"Code\":\"Never.Seen\"}]}}")
    #expect(ofNumber.summary == expected, "\(ofNumber)")
    let ofRequest = outcome(
      tencent, status: status, "{\"Response\":{\"Error\":{\"Code\":\"Never.Seen\"}}}")
    #expect(ofRequest.summary == expected, "\(ofRequest)")
  }

  @Test("a known error counts more than the status, and success counts only with its status")
  func codeAndStatus() {
    let error = outcome(aliyun, status: 500, "{\"Code\":\"isv.AMOUNT_NOT_ENOUGH\"}")
    #expect(error.summary == "misconfigured all", "\(error)")
    let success = outcome(aliyun, status: 502, "{\"Code\":\"OK\"}")
    #expect(success.summary == "unknown", "\(success)")
    let ofNumber = outcome(
      tencent, status: 502, "{\"Response\":{\"SendStatusSet\":[{\"Code\":\"Ok\"}]}}")
    #expect(ofNumber.summary == "unknown", "\(ofNumber)")
  }

  @Test("Twilio's acceptance with an error is none")
  func twilioFailed() {
    let outcome = outcome(
      twilio, status: 201, "{\"sid\": \"SM1\", \"status\": \"failed\", \"error_code\": 21610}")
    #expect(outcome.summary == "rejected suppressed")
  }

  // MARK: Forms

  private func fault(_ value: String) -> String? {
    let form = ChannelForm(
      channel: "out", template: "SMS_1", parameters: [.init(name: "name", value: value)])
    let delivery = Delivery.fixture(
      to: "+8613800138000", message: Message(subject: "s", text: "t", forms: [form]))
    do throws(UnfitDelivery) {
      _ = try aliyun.payload(of: delivery, to: "+8613800138000")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("what carriers refuse in a parameter is unfit before it is sent")
  func parameters() {
    #expect(fault("张三") == nil)
    #expect(fault(String(repeating: "九", count: 35)) == nil)
    #expect(fault(String(repeating: "九", count: 36))?.contains("36 characters") == true)
    #expect(fault("")?.contains("is empty") == true)
    #expect(fault("see https://example.com")?.contains("holds a link") == true)
    #expect(fault("【x】")?.contains("only the signature") == true)
  }

  @Test("a letter without a form for the channel is unfit, and says what to write")
  func noForm() {
    let error = #expect(throws: UnfitDelivery.self) {
      try tencent.payload(
        of: .fixture(to: "+8613800138000", message: Message(subject: "s", text: "t")),
        to: "+8613800138000")
    }
    #expect(error?.description.contains("channels: { out: { template: CODE") == true)
  }

  @Test("a foreign number goes to Alibaba Cloud with its code, a Chinese one without")
  func numbers() throws {
    let form = ChannelForm(channel: "out", template: "SMS_1")
    func phone(_ address: String) throws -> String {
      let delivery = Delivery.fixture(
        to: address, message: Message(subject: "s", text: "t", forms: [form]))
      let payload = Payload(
        publicID: "id", recipient: address, bytes: try aliyun.payload(of: delivery, to: address))
      let request = try #require(aliyun.request(for: payload, at: ProviderStandIn.now))
      let query = request.url.split(separator: "PhoneNumbers=").last ?? ""
      return String(query.prefix { $0 != "&" })
    }
    #expect(try phone("+8613800138000") == "13800138000")
    #expect(try phone("+14155550100") == "14155550100")
    #expect(try phone("+8526123456") == "8526123456")
  }

  @Test(
    "segments are counted as carriers bill them",
    arguments: [
      ("", 1, "GSM-7"), (String(repeating: "a", count: 160), 1, "GSM-7"),
      (String(repeating: "a", count: 161), 2, "GSM-7"),
      (String(repeating: "€", count: 80), 1, "GSM-7"),
      (String(repeating: "€", count: 81), 2, "GSM-7"),
      (String(repeating: "a", count: 306), 2, "GSM-7"),
      (String(repeating: "a", count: 307), 3, "GSM-7"),
      (String(repeating: "好", count: 70), 1, "UCS-2"),
      (String(repeating: "好", count: 71), 2, "UCS-2"),
      (String(repeating: "好", count: 134), 2, "UCS-2"),
      (String(repeating: "好", count: 135), 3, "UCS-2"),
      (String(repeating: "😀", count: 35), 1, "UCS-2"),
      (String(repeating: "😀", count: 36), 2, "UCS-2"),
    ])
  func segments(_ text: String, _ segments: Int, _ alphabet: String) {
    #expect(SMSText(text).segments == segments)
    #expect(SMSText(text).alphabet.rawValue == alphabet)
  }

  @Test("a file for smsd is whole, readable by its group, and named by the reminder's id")
  func smsTools() async throws {
    let folder = try TemporaryFolder()
    let channel = SMSToolsChannel(name: "modem", folder: folder.url.path, threads: 1)
    let payload = try channel.prepare(
      .fixture(
        to: "+86 138 0013 8000", message: Message(subject: "s", text: "long", shortText: "您好\nLi")))
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    #expect(try folder.contents(of: "") == ["kindly-k3f9q2"])
    let path = folder.url.appending(path: "kindly-k3f9q2").path
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "To: 8613800138000\nAlphabet: UTF-8\n\n您好\nLi")
    let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(rights == 0o660)
    await channel.close()
    let nowhere = SMSToolsChannel(name: "modem", folder: folder.url.path + "/gone", threads: 1)
    #expect(await nowhere.send(payload, deadline: .seconds(20)).summary == "misconfigured all")
    await nowhere.close()
  }
}

extension Outcome {
  /// The outcome's word, and whether it is about all or about the address.
  fileprivate var summary: String {
    guard let refusal else { return word }
    return word + (refusal.isChannelWide ? " all" : "")
      + (refusal.suppressesAddress ? " suppressed" : "")
  }
}
