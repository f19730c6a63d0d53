import Foundation
import Glibc
import KindlyConfig
import Testing

@Suite("Who can write the configuration and read its secrets")
struct AccessReviewTests {
  /// Nobody of this machine, so that only the group and the others matter.
  private let service = ServiceUser(name: "kindly", id: 61_234, groups: [61_234])

  private func folder() throws -> ConfigurationFolder {
    let folder = try ConfigurationFolder([
      "rules.d/10-a.yaml": "rules: []\n", "templates/welcome/a.html": "<p>Hello</p>\n",
      "smtp-password": "open sesame\n",
    ])
    try folder.write(
      "kindly.yaml",
      """
      timezone: Europe/Berlin
      sources:
        crm: { url: "sqlite:///srv/crm/crm.db" }
      channels:
        email:
          type: smtp
          url: "smtp://127.0.0.1:2525"
          from: care@example.com
          user: care
          password: { file: \(folder.path)/smtp-password }
      """)
    for path in [""] + (try FileManager.default.subpathsOfDirectory(atPath: folder.path)) {
      var status = stat()
      let whole = folder.path + "/" + path
      #expect(stat(whole, &status) == 0)
      chmod(whole, status.st_mode & S_IFMT == S_IFDIR ? 0o755 : 0o644)
    }
    chmod(folder.path + "/smtp-password", 0o400)
    return folder
  }

  private func problems(
    _ folder: ConfigurationFolder, _ service: ServiceUser?
  ) throws -> [String] {
    AccessReview(service: service).problems(of: try folder.load()).map {
      String($0.description.replacing(folder.path + "/", with: ""))
    }
  }

  @Test("says nothing where the configuration belongs to another user")
  func sound() throws {
    #expect(try problems(folder(), service) == [])
  }

  @Test(
    "warns of each part that the service's user can write",
    arguments: [
      "kindly.yaml", "rules.d", "rules.d/10-a.yaml", "templates/welcome",
      "templates/welcome/a.html",
    ])
  func writable(part: String) throws {
    let folder = try folder()
    chmod(folder.path + "/" + part, 0o757)
    let found = try problems(folder, service)
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "\(part): warning: the user kindly, which the service runs as, can write this path, ")
        == true)
  }

  @Test("counts what belongs to the service's user as writable, whatever its mode, in one warning")
  func owned() throws {
    let folder = try folder()
    let owner = ServiceUser(name: "kindly", id: geteuid(), groups: [getegid()])
    let found = try problems(folder, owner)
    #expect(found.count == 1)
    #expect(found.first?.contains("can write this path and 6 other paths") == true)
  }

  @Test(
    "warns of a password that others can read or write, and of no other",
    arguments: [(0o644, true), (0o604, true), (0o660, true), (0o600, false), (0o400, false)])
  func secret(mode: Int, isWarned: Bool) throws {
    let folder = try folder()
    chmod(folder.path + "/smtp-password", mode_t(mode))
    let found = try problems(folder, nil)
    #expect(found.count == (isWarned ? 1 : 0))
    if isWarned {
      #expect(found.first?.contains("smtp-password: warning: this file holds a password") == true)
    }
  }

  @Test("warns of the mailbox's password that others can read")
  func mailboxSecret() throws {
    let folder = try folder()
    try folder.write("mailbox-password", "open sesame\n")
    try folder.write(
      "kindly.yaml",
      """
      mailbox:
        url: "imaps://imap.example.com"
        user: care@example.com
        password: { file: \(folder.path)/mailbox-password }
      """)
    chmod(folder.path + "/kindly.yaml", 0o644)
    for (mode, isWarned) in [(0o644, true), (0o400, false)] {
      chmod(folder.path + "/mailbox-password", mode_t(mode))
      let found = try problems(folder, nil)
      #expect(found.count == (isWarned ? 1 : 0), "\(found)")
      let warning = "mailbox-password: warning: this file holds a password"
      #expect(found.contains { $0.contains(warning) } == isWarned)
    }
  }

  @Test("warns of a folder of attachments that is not there, is none, or is closed to the service")
  func attachmentFolders() throws {
    let folder = try folder()
    try folder.write("contracts/a.pdf", "A")
    try folder.write("closed/a.pdf", "A")
    chmod(folder.path + "/contracts", 0o755)
    chmod(folder.path + "/closed", 0o700)
    try folder.write(
      "kindly.yaml",
      """
      folders:
        contracts: \(folder.path)/contracts
        closed: \(folder.path)/closed
        gone: \(folder.path)/gone
        file: \(folder.path)/smtp-password
        home: /home
      """)
    chmod(folder.path + "/kindly.yaml", 0o644)
    let other = ServiceUser(name: "other", id: 61_234, groups: [61_234])
    #expect(
      try problems(folder, other)
        == [
          "kindly.yaml:3: warning: folder closed: the user other, which the service runs as, cannot open files in \(folder.path)/closed; reminders that attach its files would wait",
          "kindly.yaml:4: warning: folder gone: expected a folder at \(folder.path)/gone, got: No such file or directory; reminders that attach its files would wait",
          "kindly.yaml:5: warning: folder file: expected a folder at \(folder.path)/smtp-password, got something else; reminders that attach its files would wait",
        ].map { $0.replacing(folder.path + "/", with: "") })
    // Only the shipped unit is known to hide the homes.
    let home = try problems(folder, service).filter { $0.contains("folder home") }
    #expect(home.count == 1)
    #expect(home.first?.contains("the service does not see /home") == true)
  }
}
