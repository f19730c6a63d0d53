import KindlyConfig
import KindlyCore

/// Everything that a first configuration is made of.
struct FirstAnswers {
  var source: ChosenSource
  var proposal: CustomerProposal
  var mail: MailWay
  var mailPassword: SecretReference?
  /// The relay's password to write to a file of its own.
  var typedMailPassword: Secret?
  var sender: Mailbox?
  var timezone: Zone
  var language: LetterLanguage

  /// The database's password to write to a file of its own, where it was typed or stood in the URL.
  var sourcePassword: Secret? { source.carried }
}

/// The languages that letters are shipped in.
enum LetterLanguage: String, CaseIterable {
  case english = "en"
  case chinese = "zh-Hans"

  init(answer text: String) throws {
    guard let language = LetterLanguage(rawValue: text) else {
      throw Failure(.usage, "expected the language to be en or zh-Hans, got \(text)")
    }
    self = language
  }

  /// The one that a terminal's locale speaks for.
  init(locale: String?) { self = locale?.hasPrefix("zh") == true ? .chinese : .english }

  var other: LetterLanguage { self == .english ? .chinese : .english }
}
