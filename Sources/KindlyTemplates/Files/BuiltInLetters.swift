import KindlyCore

/// The letters that come with Kindly, in English and Chinese.
///
/// They take no part in the templates folder: they have no layout and no partials, and a letter of the folder replaces
/// one of the same name in all its languages.
enum BuiltInLetters {
  /// Parses them.
  static func compiled(into table: inout TagTable) -> [CompiledFile] {
    let files = TemplateFiles(
      Dictionary(uniqueKeysWithValues: texts.map { (ExactText($0.path), Array($0.text.utf8)) }),
      folder: "built-in")
    var attached = AttachedFiles()
    var findings: [TemplateFinding] = []
    return files.templates.compactMap { path in
      FileCompiler.compile(
        path, of: files, folders: [], companyLanguage: nil, table: &table, attached: &attached,
        findings: &findings)
    }
  }

  private static let texts = [
    (
      path: "\(ReplyRule.template).html",
      text: """
      ---
      subject: "Reply from \(customer(or: "customer {{customer.key}}"))"
      sms: "\(customer(or: "Customer {{customer.key}}")) has replied to a message. Please answer."
      language: en
      ---
      <p>The customer has replied to a message. Please answer.</p>
      \(reply)
      <p>Rule: {{this.rule}}</p>
      """
    ),
    (
      path: "\(ReplyRule.template).zh-Hans.html",
      text: """
      ---
      subject: "\(customer(or: "客户 {{customer.key}} "))回复了消息"
      sms: "\(customer(or: "客户 {{customer.key}} "))回复了消息，请尽快处理。"
      ---
      <p>客户回复了我们的消息，请尽快处理。</p>
      \(reply)
      <p>规则：{{this.rule}}</p>
      """
    ),
  ]

  /// The customer's name, or something else if it is empty.
  private static func customer(or other: String) -> String {
    "{{#customer.name}}{{customer.name}}{{/customer.name}}{{^customer.name}}\(other){{/customer.name}}"
  }

  private static let reply = """
    <blockquote><pre style="font: inherit; white-space: pre-wrap">{{this.text}}</pre></blockquote>
    """
}
