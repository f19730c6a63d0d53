import KindlyCore
import KindlyTransport

/// Text messages over a GSM modem: each is a file in the folder that smsd of the package smstools takes from.
///
/// A file is written under a hidden name and renamed, so smsd never sees half of one. smsd sends it later; the result is in
/// its own folders and log. Source: SMS Server Tools 3, "SMS file".
final class SMSToolsChannel: Channel {
  let name: String
  private let threads: TransferThreads<SMSToolsSpool>

  var traits: ChannelTraits { SMSTraits.standard }

  /// - Parameter threads: how many files are written at once.
  init(name: String, folder: String, threads: Int) {
    self.name = name
    self.threads = TransferThreads(threads, name: "smstools", closing: Closing()) {
      SMSToolsSpool(folder: folder)
    }
  }

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    let text = try SMSToolsChannel.text(of: delivery.message)
    guard MaildirFolder.isName(delivery.publicID) else {
      throw UnfitDelivery(.message, "the public id cannot be a file name")
    }
    // The head ends at the first empty line; the number goes without `+`.
    let file = "To: \(address.dropFirst())\nAlphabet: UTF-8\n\n\(text)"
    return Payload(publicID: delivery.publicID, recipient: address, bytes: Array(file.utf8))
  }

  static func text(of message: Message) throws(UnfitDelivery) -> String {
    let text = (message.shortText ?? message.text).trimmed
    guard text.utf8.count <= SMSToolsChannel.longestText else {
      throw UnfitDelivery(
        .message,
        "the text has \(text.utf8.count) bytes, and smsd sends at most \(SMSToolsChannel.longestText); write a shorter one"
          + " as `sms:` in the letter's head")
    }
    return text
  }

  /// 255 parts is the most that a phone puts together; nobody reads a tenth of that.
  private static let longestText = 3_000

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    switch await threads.carryOut(payload, deadline: deadline) {
    case .ended(let outcome): outcome
    case .noneFree: .retry(Refusal("the disk was busy until the deadline; nothing was written"))
    case .closed: .withdrawn(Refusal("the channel is closed; nothing was written"))
    }
  }

  func close() async { await threads.close() }
}

/// The folder that smsd takes files from; it is used by one thread only.
final class SMSToolsSpool: TransferConnection {
  private let folder: String

  init(folder: String) { self.folder = folder }

  /// The owner and smsd's group may read a file; the folder's set-group-id bit gives it that group.
  private static let mode: UInt32 = 0o660

  func carryOut(_ payload: Payload, by _: Uptime) -> Outcome {
    let file = "kindly-\(payload.publicID)"
    do throws(FileFault) {
      try DurableFile.write(
        payload.bytes, at: "\(folder)/.\(file)", then: "\(folder)/\(file)", mode: SMSToolsSpool.mode
      )
    } catch {
      return error.outcome
    }
    do throws(FileFault) {
      try DurableFile.sync(folder: folder)
    } catch {
      return .unknown(Refusal(error.text, isChannelWide: true))
    }
    return .sent(evidence: "\(file) is in \(folder)")
  }

  func end() {}
}
