import KindlyCore

/// Loads the configuration of a folder: `kindly.yaml` and `rules.d/*.yaml`.
package struct ConfigurationLoader: Sendable {
  /// Where to look, the weakest first; a file hides those of the same name in the folders before it.
  package let folders: [String]

  /// What packages install, what the running system adds, what the administrator says.
  ///
  /// /run/kindly is none of them: it holds the control socket, so the service's user, and with it every program of an exec
  /// channel, can write it.
  package static let standardFolders = ["/usr/lib/kindly", "/run/kindly-config", "/etc/kindly"]

  package init(folders: [String]) {
    self.folders = folders
  }

  /// The folder alone, unless it is /etc/kindly, which stands over the other standard folders.
  package init(folder: String) {
    let isStandard = folder == "/etc/kindly" || folder == "/etc/kindly/"
    self.init(folders: isStandard ? ConfigurationLoader.standardFolders : [folder])
  }

  /// Loads the configuration of a folder.
  package static func load(folder: String) throws(ConfigurationProblems) -> Configuration {
    try ConfigurationLoader(folder: folder).load()
  }

  /// Reads, checks and joins the files; throws everything that is wrong with them at once.
  package func load() throws(ConfigurationProblems) -> Configuration {
    let findings = Findings()
    let files = FolderReader(folders: folders, findings: findings).files()
    let archive = files.map(ConfigurationLoader.archived).joined()
    let assembly = ConfigurationAssembly(
      folders: folders, archive: archive, findings: findings)
    let configuration = assembly.configuration(of: files)
    guard let configuration, findings.errors.isEmpty else {
      throw ConfigurationProblems(ConfigurationLoader.sorted(findings.errors))
    }
    return configuration
  }

  private static func archived(_ file: SourceFile) -> String {
    let end = file.text.hasSuffix("\n") || file.text.isEmpty ? "" : "\n"
    return "# ==> \(file.path)\n" + file.text + end
  }

  static func sorted(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    var seen: Set<ConfigurationProblem> = []
    return problems.filter { seen.insert($0).inserted }.sorted {
      ($0.place.file, $0.place.line, $0.column) < ($1.place.file, $1.place.line, $1.column)
    }
  }
}
