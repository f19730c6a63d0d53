import KindlyConfig
import KindlyCore

extension Fields {
  /// The mailbox of a key; nil if the key is absent, or, with an error, if its value is not a mailbox.
  mutating func mailbox(_ key: String) -> Mailbox? {
    text(key).flatMap(Fields.mailbox)
  }

  /// The mailbox of a key that must be there.
  mutating func requiredMailbox(_ key: String) -> Mailbox? {
    requiredText(key, "`Example <care@example.com>`").flatMap(Fields.mailbox)
  }

  private static func mailbox(_ text: Text) -> Mailbox? {
    do throws(UnfitDelivery) {
      return try Mailbox(text.string)
    } catch {
      text.refuse(
        "expected `\(text.key)` to be an address such as `Example <care@example.com>`, got \(text.shape): \(error)"
      )
      return nil
    }
  }
}
