import Foundation
import KindlyTestKit
import Testing

@Suite("kindly preview --all")
struct ProofTests {
  /// A company whose letters and rows try to break the page.
  private func company() async throws -> Company {
    let company = try Company()
    try company.write(
      "---\nsubject: \"欢迎 {{customer.name}}\"\n---\n<p>密码 {{customer.initial_password}}</p>\n",
      to: "templates/welcome.zh-Hans.html")
    try company.write(
      """
      ---
      subject: "Your trial ends"
      ---
      <p>Dear {{customer.name}}</p>"></iframe><script>alert('letter')</script>
      <img src="https://tracker.example.com/x.png">

      """, to: "templates/ending.html")
    try company.write(
      """
      rules:
        - { name: empty, watch: orders, when: insert, send: email, template: ending }

      """, to: "rules.d/20-empty.yaml")
    try company.configure(
      "  orders: { source: crm, table: orders, key: id, customer: customer, changes: snapshot }",
      behind: "watches:")
    try company.database.run(
      """
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER);
      UPDATE customers SET name = '<script>alert(1)</script>"''`' WHERE id = 2;
      UPDATE customers SET trial_ends_on = NULL WHERE id = 1;
      UPDATE customers SET trial_ends_on = '2099-02-10' WHERE id = 2
      """)
    return company
  }

  private func page(_ company: Company) async throws -> String {
    let path = company.folder.path + "/letters.html"
    let made = try await company.run("preview", "--all", "--out", path)
    #expect(made.code == 0, "\(made.errors)")
    #expect(
      made.output == "\(path): 4 letters of 3 steps, 1 of them without a real row\n",
      "\(made.output)")
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("writes every letter in every language for a real row, with a place to sign")
  func whole() async throws {
    let company = try await company()
    let page = try await page(company)
    for text in [
      "trial, step welcome", "trial, step ending", "Letter for every other language",
      "Letter in zh-Hans", "when a row is inserted in customers", "status = &#39;trial&#39;",
      "<th>Class</th><td>service</td>", "欢迎 李伟",
      "<th>Row</th><td>1; it meets the conditions now</td>",
      "Over channel email", "no real row: orders has no rows", "<th>Signature</th>",
      "<th>Delivery</th><td>live</td>", " CST</td>", "<a href=\"#step2\">empty</a>",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(page.contains(#/<th>Hash</th><td>[0-9a-f]{32}</td>/#))
    #expect(page.components(separatedBy: "<iframe sandbox=\"\" ").count == 4)
  }

  @Test("says to whom and on what conditions each letter goes, and shows it to each of them")
  func recipients() async throws {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN owner_id TEXT;
      CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, mail TEXT);
      INSERT INTO staff VALUES ('bob', 'Bob', NULL);
      UPDATE customers SET owner_id = 'bob' WHERE id = 1;
      """)
    try company.configure(
      "  staff: { source: crm, table: staff, key: id }", behind: "watches:")
    try company.replace("  email: email\n", with: "  email: email\n  owner: owner_id\n")
    try company.replace(
      "customers:\n  watch: customers",
      with: """
        colleagues: { watch: staff, name: name, email: mail }
        segments: { readers: "lang IS NOT NULL" }
        customers:
          watch: customers
        """)
    try company.write(
      """
      rules:
        - name: ending
          watch: customers
          when: 4 days before trial_ends_on
          on move: correct
          for: readers
          unless: this.depth > 7
          to: [customer, owner]
          send: email
          template: moved

      """, to: "rules.d/10-trial.yaml")
    try company.write(
      "---\nsubject: \"{{#moment.was}}Moved from {{date(moment.was)}}{{/moment.was}}{{^moment.was}}It ends{{/moment.was}}\"\n---\n<p>Soon.</p>\n",
      to: "templates/moved.html")
    let path = company.folder.path + "/letters.html"
    let made = try await company.run("preview", "--all", "--out", path)
    #expect(made.code == 0 && made.output == "\(path): 4 letters of 1 step\n", "\(made)")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    for text in [
      "<th>To</th><td>the customer, by email<br>the owner, by email</td>",
      "<th>For</th><td>readers</td>", "<th>Unless</th><td>this.depth &gt; 7</td>",
      "<h3>Letter to the customer for every other language</h3>",
      "<h3>Letter to the owner for every other language</h3>",
      "<h3>Correction to the customer for every other language</h3>",
      "<th>Corrects</th><td>2099-02-03, as an example</td>",
      "nothing: this recipient has no address for it",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("<th>If</th>") && !page.contains("this customer has no address"))
    #expect(page.components(separatedBy: "<td>Moved from ").count == 3)
  }

  @Test("nothing that a row or a letter holds can break the page, run, or be loaded from elsewhere")
  func safe() async throws {
    let page = try await page(try await company())
    #expect(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;letter&#39;)"))
    #expect(page.components(separatedBy: "</iframe>").count == 4)
    #expect(page.contains("default-src 'none'") && page.contains("img-src data:"))
    // A frame's letter is one attribute, so that no quote of it is left.
    #expect(page.matches(of: #/<img|src="http|href="http/#).isEmpty)
    #expect(!page.contains("geheim"))
    #expect(!page.contains("@example.com"))
  }

  @Test("is read by its owner alone, and takes the place of an older page as a whole")
  func file() async throws {
    let company = try await company()
    let path = company.folder.path + "/letters.html"
    try company.folder.write("older", to: "letters.html")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    _ = try await page(company)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let left = try FileManager.default.contentsOfDirectory(atPath: company.folder.path)
    #expect(!left.contains { $0.hasPrefix(".kindly-") })
    let nowhere = try await company.run("preview", "--all", "--out", "/nowhere/letters.html")
    #expect(nowhere.code == 73 && nowhere.errors.contains("cannot write /nowhere/letters.html"))
  }

  @Test(
    "says what belongs together",
    arguments: [
      ["--all"], ["--out", "a.html"], ["trial"], ["--all", "--out", "a.html", "trial", "1"],
      ["--all", "--out", "a.html", "--html", "b.html"],
    ])
  func usage(_ arguments: [String]) async throws {
    let ran = try await KindlyBinary.run(["preview"] + arguments)
    #expect(ran.code == 64, "\(ran.errors)")
  }
}
