import Foundation
import KindlyChannels
import KindlyConfig

/// A configuration in a temporary folder, which is removed when the value goes.
final class ConfigurationFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = NSTemporaryDirectory() + "kindly-config-" + UUID().uuidString
    for (name, text) in files { try write(name, text) }
  }

  deinit {
    // Nothing depends on it: the system empties its temporary folder.
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ name: String, _ text: String) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func load() throws(ConfigurationProblems) -> Configuration {
    try ConfigurationLoader.load(folder: path)
  }

  /// The problems without the folder in front; none where it loads.
  func problems() -> [String] {
    do throws(ConfigurationProblems) {
      _ = try load()
      return []
    } catch {
      return error.problems.map { String($0.description.replacing(path + "/", with: "")) }
    }
  }

  func warnings() throws -> [String] {
    try load().warnings.map { String($0.description.replacing(path + "/", with: "")) }
  }
}

/// What most tests start from: one source, two watches, two channels.
enum Fixture {
  static let main = """
    timezone: Asia/Shanghai
    sources:
      crm: { url: "sqlite:///srv/crm/crm.db", poll: 5s }
    watches:
      customers: { source: crm, table: customers, key: id, changes: cursor updated_at }
      leases: { source: crm, table: leases, key: id, changes: changelog, customer: customer_id }
      visits: { source: crm, table: visits, key: id, customer: customer_id }
    customers:
      watch: customers
      name: name
      email: email
      phone: mobile
    channels:
      email: { type: maildir, path: /tmp/mail }
      inbox: { type: inbox }

    """

  static func folder(rules: String) throws -> ConfigurationFolder {
    try ConfigurationFolder(["kindly.yaml": main, "rules.d/10-test.yaml": rules])
  }

  /// A folder whose only rule has these lines behind its name and watch.
  static func folder(rule lines: String, watch: String = "customers") throws -> ConfigurationFolder
  {
    let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map {
      "    " + $0
    }
    return try folder(
      rules: "rules:\n  - name: test\n    watch: \(watch)\n" + indented.joined(separator: "\n")
        + "\n")
  }
}
