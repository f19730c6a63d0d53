package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `smstools`: text messages over a GSM modem, by files for the daemon smsd.
package struct SMSToolsSettings: ChannelType {
  package static let word = "smstools"

  /// The folder that smsd takes files from.
  let folder: String
  package let segmentPrice: Money?

  /// Debian's package has it there.
  private static let standardFolder = "/var/spool/sms/outgoing"

  package init?(_ fields: inout Fields) {
    segmentPrice = SMSTraits.segmentPrice(&fields)
    let isWritten = !fields.lacks("path")
    let folder = fields.value("path", "an absolute path", Notation.absolutePath)
    if isWritten, folder == nil { return nil }
    self.folder = folder ?? SMSToolsSettings.standardFolder
  }
}

extension SMSToolsSettings {
  package var traits: ChannelTraits { SMSTraits.standard }
  // A file each; the modem takes seconds for a message.
  package var standardConcurrency: Int { 2 }

  package func faults() -> [String] {
    guard let fault = FileAccess().fault(writingInto: folder) else { return [] }
    return [
      "expected `path` to be a folder that the service can write into, got \(folder), which \(fault)"
    ]
  }

  package func preview(
    of delivery: Delivery, on _: String
  ) throws(UnfitDelivery) -> HandOverPreview? {
    _ = try traits.address.checked(delivery.recipient.address)
    return SMSPreview.preview(try SMSToolsChannel.text(of: delivery.message), of: delivery)
  }

  package func channel(in surroundings: ChannelSurroundings) -> any Channel {
    SMSToolsChannel(
      name: surroundings.name, folder: folder, threads: surroundings.concurrency)
  }
}
