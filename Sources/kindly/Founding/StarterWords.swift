import KindlyTemplates

/// What the first letter says, in English or Chinese.
struct StarterWords {
  private let language: LetterLanguage
  private let signature: String

  init(_ language: LetterLanguage, signature: String) {
    self.language = language
    self.signature = StarterWords.escaped(signature)
  }

  /// A subject has no letters of HTML, and what stands in it must be left when there is no date.
  func subject(of letter: String, date: String?) -> String {
    let dated = { (before: String, behind: String) in
      date.map { "{{#moment}}\(before)\($0)\(behind){{/moment}}" } ?? ""
    }
    switch (letter, language) {
    case ("ending", .english): return "A reminder of your end date" + dated(": ", "")
    case ("ending", .chinese): return "到期提醒" + dated("：", "")
    case ("care", .english): return "How are you getting on?"
    case ("care", .chinese): return "使用还顺利吗？"
    case ("birthday", .english): return "Happy birthday!"
    case ("birthday", .chinese): return "生日快乐"
    case ("welcome", .english): return "Welcome"
    case ("welcome", .chinese): return "欢迎您"
    case (_, .english): return "A reminder" + dated(": ", "")
    case (_, .chinese): return "提醒" + dated("：", "")
    }
  }

  func greeting(hasName: Bool) -> String {
    switch language {
    case .english: hasName ? "<p>Dear {{customer.name}},</p>" : "<p>Hello,</p>"
    case .chinese: hasName ? "<p>{{customer.name}}，您好：</p>" : "<p>您好：</p>"
    }
  }

  func body(of letter: String, date: String?) -> String {
    let dated = { (before: String, behind: String) in
      date.map { "{{#moment}}<p>\(before)<strong>\($0)</strong>\(behind)</p>{{/moment}}\n" } ?? ""
    }
    switch (letter, language) {
    case ("ending", .english):
      return dated("Just a reminder: the end date is ", ".")
        + "<p>If you would like to continue, or have a question, just reply to this email. A person reads it.</p>"
    case ("ending", .chinese):
      return dated("温馨提示：到期日为", "。") + "<p>如需继续使用或有任何问题，直接回复这封邮件即可，会有同事为您解答。</p>"
    case ("care", .english):
      return
        "<p>You have been with us for a few days now. If anything is in your way, just reply to this email. A person reads it.</p>"
    case ("care", .chinese):
      return "<p>您已经使用了几天，不知是否顺利？遇到任何问题，直接回复这封邮件即可。</p>"
    case ("birthday", .english):
      return "<p>All of us wish you a very happy birthday and a wonderful year ahead.</p>"
    case ("birthday", .chinese): return "<p>我们全体同事祝您生日快乐，万事顺意。</p>"
    case ("welcome", .english):
      return
        "<p>Thank you for joining us. If you have a question, just reply to this email. A person reads it.</p>"
    case ("welcome", .chinese): return "<p>感谢您的信任。有任何问题，直接回复这封邮件即可，会有同事为您解答。</p>"
    case (_, .english):
      return dated("This is a friendly reminder about ", ".")
        + "<p>If you have a question, just reply to this email.</p>"
    case (_, .chinese): return dated("温馨提示：请您留意", "这一天。") + "<p>有任何问题，直接回复这封邮件即可。</p>"
    }
  }

  var farewell: String {
    switch language {
    case .english: "<p>Kind regards\(signature.isEmpty ? "" : ",<br>\n\(signature)")</p>"
    case .chinese: "<p>祝好！\(signature.isEmpty ? "" : "<br>\n\(signature)")</p>"
    }
  }

  /// As HTML has it, and without what a template would read as its own.
  private static func escaped(_ text: String) -> String {
    HTMLEscaping.text(text).unicodeScalars.map { $0 == "{" ? "&#123;" : String($0) }.joined()
  }
}

/// The layout around every letter; a test checks that it equals the one in `config/templates`.
enum StarterLayout {
  static func text(_ language: LetterLanguage) -> String {
    let (line, fonts) =
      switch language {
      case .english: ("1.5", "Helvetica, Arial, sans-serif")
      case .chinese: ("1.75", "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif")
      }
    return """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{subject}}</title>
      </head>
      <body style="margin: 0; background: #f4f5f3; color: #222; font: 16px/\(line) \(fonts);">
        <div style="max-width: 36em; margin: 0 auto; padding: 24px; background: #fff;">
      {{{content}}}
        </div>
      </body>
      </html>

      """
  }
}
