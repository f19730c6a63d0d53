package import KindlyCore

/// The words that end marketing when they are the whole of a reply, by language.
///
/// A longer text with such a word in it is for a person to read: "please stop by" is no refusal.
package struct OptOutWords: Sendable {
  private let words: [String]

  /// The words of some languages.
  package init(languages: [OptOutLanguage]) {
    words = languages.flatMap(OptOutWords.words)
  }

  /// Whether the whole of a reply is one of the words.
  func isWhole(of text: String) -> Bool {
    let folded = FoldedText(text).text
    guard folded.utf8.count < 100 else { return false }
    let bare = String(
      String.UnicodeScalarView(
        folded.unicodeScalars.filter {
          $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == " "
        })
    ).trimmed
    return words.containsExactly(bare)
  }

  // As they are folded: small letters, no punctuation.
  private static func words(of language: OptOutLanguage) -> [String] {
    switch language {
    case .english:
      [
        "stop", "unsubscribe", "unsubscribe me", "stop all", "stopall", "remove", "remove me",
        "opt out",
        "optout", "cancel", "quit", "end", "please stop", "stop please", "please unsubscribe",
        "please unsubscribe me", "please remove me", "no more emails", "no more mails",
      ]
    case .german:
      [
        "stop", "stopp", "abmelden", "abbestellen", "bitte abmelden", "bitte abbestellen",
        "austragen", "bitte austragen", "keine werbung", "keine werbung mehr",
        "bitte keine werbung",
        "bitte keine werbung mehr", "keine mails mehr", "bitte keine mails mehr", "kündigen",
      ]
    case .french:
      [
        "stop", "arret", "arrêt", "désabonner", "desabonner", "me désabonner", "désinscrire",
        "me désinscrire", "désinscription", "desinscription", "désabonnement",
        "plus de publicité", "merci de me désinscrire", "ne plus recevoir",
      ]
    case .spanish:
      [
        "stop", "baja", "alto", "darme de baja", "dar de baja", "cancelar", "cancelar suscripción",
        "no más correos", "no más publicidad", "quiero darme de baja", "borrar", "por favor baja",
      ]
    case .chinese:
      [
        "退订", "退訂", "td", "t", "r", "拒收", "拒收请回复r", "拒绝", "取消订阅", "取消訂閱", "不要再发",
        "不要再发了", "请退订", "我要退订", "退订回t", "停止", "別再寄", "请勿再发", "n",
      ]
    case .japanese:
      [
        "停止", "配信停止", "解除", "配信解除", "退会", "配信停止希望", "配信停止を希望します", "購読解除",
        "メール不要", "配信停止してください", "配信不要", "不要",
      ]
    }
  }
}
