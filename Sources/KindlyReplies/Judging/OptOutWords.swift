package import KindlyCore

/// How certain it is that a reply asks for no more marketing.
package enum OptOut: Hashable, Sendable {
  /// The word means nothing else.
  case certain
  /// The word asks for it only as an answer to marketing.
  ///
  /// `Cancel` as an answer to any other message may be about an order or an appointment.
  case ifMarketing
}

/// The words that end marketing when they are the whole of a reply, by language.
///
/// A longer text with such a word in it is for a person to read: "please stop by" is no refusal.
package struct OptOutWords: Sendable {
  private let certain: [String]
  private let ambiguous: [String]

  /// The words of some languages.
  package init(languages: [OptOutLanguage]) {
    certain = languages.flatMap(OptOutWords.certain)
    ambiguous = languages.flatMap(OptOutWords.ambiguous)
  }

  /// What it means if the whole of a reply is one of the words; nil if it is none of them.
  func optOut(in text: String) -> OptOut? {
    let folded = FoldedText(text).text
    guard folded.utf8.count < 100 else { return nil }
    let bare = String(
      String.UnicodeScalarView(
        folded.unicodeScalars.filter {
          $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == " "
        })
    ).trimmed
    if certain.containsExactly(bare) { return .certain }
    return ambiguous.containsExactly(bare) ? .ifMarketing : nil
  }

  // All words are as they are folded: small letters, no punctuation. The letters `r` and `n` of text messages are
  // missing: in a mail they answer a question.
  private static func certain(of language: OptOutLanguage) -> [String] {
    switch language {
    case .english:
      [
        "stop", "unsubscribe", "unsubscribe me", "stop all", "stopall", "remove me", "opt out",
        "optout", "please stop", "stop please", "please unsubscribe", "please unsubscribe me",
        "please remove me", "no more emails", "no more mails",
      ]
    case .german:
      [
        "stop", "stopp", "abmelden", "abbestellen", "bitte abmelden", "bitte abbestellen",
        "austragen", "bitte austragen", "keine werbung", "keine werbung mehr",
        "bitte keine werbung", "bitte keine werbung mehr", "keine mails mehr",
        "bitte keine mails mehr",
      ]
    case .french:
      [
        "stop", "arret", "arrêt", "désabonner", "desabonner", "me désabonner", "désinscrire",
        "me désinscrire", "désinscription", "desinscription", "désabonnement",
        "plus de publicité", "merci de me désinscrire", "ne plus recevoir",
      ]
    case .spanish:
      [
        "stop", "baja", "darme de baja", "dar de baja", "cancelar suscripción", "no más correos",
        "no más publicidad", "quiero darme de baja", "por favor baja",
      ]
    case .chinese:
      [
        "退订", "退訂", "拒收", "拒收请回复r", "取消订阅", "取消訂閱", "不要再发", "不要再发了", "请退订",
        "我要退订", "退订回t", "別再寄", "请勿再发",
      ]
    case .japanese:
      [
        "配信停止", "配信解除", "配信停止希望", "配信停止を希望します", "購読解除", "メール不要",
        "配信停止してください", "配信不要",
      ]
    }
  }

  private static func ambiguous(of language: OptOutLanguage) -> [String] {
    switch language {
    case .english: ["cancel", "end", "quit", "remove"]
    case .german: ["kündigen"]
    case .french: []
    case .spanish: ["alto", "borrar", "cancelar"]
    // An offer by text message says `回复TD退订`, and so do letters with its words.
    case .chinese: ["拒绝", "停止", "td", "t"]
    case .japanese: ["停止", "解除", "退会", "不要"]
    }
  }
}
