import Foundation
package import KindlyCore
package import KindlyTransport

/// How a channel of type `maildir` is configured.
package struct MaildirSettings: Sendable {
  /// The folder that holds `tmp`, `new` and `cur`; made where it is missing.
  package let path: String
  package let sender: MailSender

  /// The settings as they stand in the configuration, or the first of them that cannot work.
  package init(path: String, from: String, replyTo: String? = nil, zone: Zone = .utc)
    throws(UnfitSettings)
  {
    guard path.hasPrefix("/") else {
      throw UnfitSettings("path", "expected `path` to be absolute, got \(path)")
    }
    self.path = path
    var reply: Mailbox?
    if let replyTo { reply = try Mailbox(replyTo, key: "reply to") }
    sender = MailSender(from: try Mailbox(from, key: "from"), replyTo: reply, zone: zone)
  }
}
