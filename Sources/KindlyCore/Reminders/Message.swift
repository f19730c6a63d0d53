/// What a template rendered for one customer, before a channel gives it its own form.
package struct Message: Hashable, Sendable {
  /// The sender of a mail, and who gets its answers; nil for those of the channel.
  package var from: Mailbox?
  package var replyTo: Mailbox?
  package var subject: String
  package var html: String?
  /// The plain-text twin; always there.
  package var text: String
  /// The short text for SMS, WeChat and the like, where the template has one.
  package var shortText: String?
  package var images: [InlineImage]
  /// The files for the reader to open, in the order of the letter's head.
  package var attachments: [AttachedFile]
  /// What the template says for channels that need a form of their own, at most one for each.
  package var forms: [ChannelForm]
  /// The hash of the template's files, kept as evidence.
  package var templateHash: String
  /// BCP 47, the language of the variant that was chosen; empty for a template without variants.
  package var language: String
  /// Whether a secret of the customer is written in it, so that it may be sent and never stored.
  package var holdsSecrets: Bool

  package init(
    from: Mailbox? = nil, replyTo: Mailbox? = nil, subject: String, html: String? = nil,
    text: String, shortText: String? = nil,
    images: [InlineImage] = [], attachments: [AttachedFile] = [], forms: [ChannelForm] = [],
    templateHash: String = "",
    language: String = "",
    holdsSecrets: Bool = false
  ) {
    self.from = from
    self.replyTo = replyTo
    self.subject = subject
    self.html = html
    self.text = text
    self.shortText = shortText
    self.images = images
    self.attachments = attachments
    self.forms = forms
    self.templateHash = templateHash
    self.language = language
    self.holdsSecrets = holdsSecrets
  }

  /// What the template says for a channel; nil where it says nothing.
  package func form(of channel: String) -> ChannelForm? {
    forms.first { $0.channel.isExactly(channel) }
  }
}

/// A message in the form of one channel: a template of the channel's provider, and what fills it.
package struct ChannelForm: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The channel's name in the configuration.
  package let channel: String
  /// The code by which the provider knows its template.
  package let template: String?
  /// In the order of the letter's head; those of a list are named 1, 2 and so on.
  package let parameters: [Parameter]
  /// Where a tap on the message leads.
  package let url: String?
  /// The page of a mini program that a tap opens.
  package let page: String?

  package init(
    channel: String, template: String? = nil, parameters: [Parameter] = [], url: String? = nil,
    page: String? = nil
  ) {
    self.channel = channel
    self.template = template
    self.parameters = parameters
    self.url = url
    self.page = page
  }
}

/// An image that the HTML names as `cid:…` and that travels with the message.
package struct InlineImage: Hashable, Sendable {
  package let contentID: String
  package let mediaType: String
  package let bytes: [UInt8]

  package init(contentID: String, mediaType: String, bytes: [UInt8]) {
    self.contentID = contentID
    self.mediaType = mediaType
    self.bytes = bytes
  }
}

/// Whom a message goes to.
package struct Recipient: Hashable, Sendable {
  package let kind: PeopleKind
  /// The recipient's own key, as people type it.
  package let key: String
  package var name: String
  /// The bare address the channel's traits ask for: mail, phone, or the recipient's key.
  package var address: String
  package let language: String?

  package init(
    _ kind: PeopleKind = .customers, key: String, name: String, address: String,
    language: String? = nil
  ) {
    self.kind = kind
    self.key = key
    self.name = name
    self.address = address
    self.language = language
  }
}

/// One message with everything a channel needs to hand it over.
package struct Delivery: Hashable, Sendable {
  /// The reminder's public id; the same at every attempt, so that the other side can recognise a repeat.
  package let publicID: String
  /// The Message-ID without angle brackets; fixed for the reminder.
  package let messageID: String
  package let rule: String
  package let messageClass: MessageClass
  /// The key of the customer whom the message is about, as people type it; often the recipient. Nil for nobody.
  package let about: String?
  package var recipient: Recipient
  package var message: Message
  /// The customer lists that the step shows, for channels that store them beside the message.
  package let lists: [ShownList]
  /// One for the first attempt.
  package let attempt: Int
  /// The time the `Date` header shows; that of the first attempt at every later one.
  package let date: Instant

  package init(
    publicID: String, messageID: String, rule: String, messageClass: MessageClass,
    about: String?, recipient: Recipient, message: Message, lists: [ShownList] = [], attempt: Int,
    date: Instant
  ) {
    self.publicID = publicID
    self.messageID = messageID
    self.rule = rule
    self.messageClass = messageClass
    self.about = about
    self.recipient = recipient
    self.message = message
    self.lists = lists
    self.attempt = attempt
    self.date = date
  }
}
