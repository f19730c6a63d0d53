import KindlyCore

/// Loads the configuration of a folder: `kindly.yaml` and `rules.d/*.yaml`.
package struct ConfigurationLoader: Sendable {
  /// The folders to search, lowest priority first; a file hides files of the same name in earlier folders.
  package let folders: [String]
  private let channelTypes: [any ChannelType.Type]

  /// The folders of packages, of the running system, and of the administrator.
  ///
  /// /run/kindly is not among them: it contains the control socket, so the service's user, and with it every program of
  /// an exec channel, can write to it.
  package static let standardFolders = ["/usr/lib/kindly", "/run/kindly-config", "/etc/kindly"]

  /// - Parameter channelTypes: the types that `channels:` may name.
  package init(folders: [String], channelTypes: [any ChannelType.Type]) {
    self.folders = folders
    self.channelTypes = channelTypes
  }

  /// The folders to search for a folder that a person named: it alone, unless it is /etc/kindly, which takes priority
  /// over the other standard folders.
  package static func folders(of folder: String) -> [String] {
    let isStandard = folder.isExactly("/etc/kindly") || folder.isExactly("/etc/kindly/")
    return isStandard ? standardFolders : [folder]
  }

  /// Reads, checks and joins the files; throws everything that is wrong with them at once.
  package func load() throws(ConfigurationProblems) -> Configuration {
    let findings = Findings()
    return try configuration(
      of: FolderReader(folders: folders, findings: findings).files(), findings)
  }

  /// Reads, checks and joins the files of an archive, which is what `Configuration.archive` held when they were loaded.
  package func load(archive: String) throws(ConfigurationProblems) -> Configuration {
    try configuration(of: ConfigurationLoader.files(archived: archive), Findings())
  }

  private func configuration(
    of files: [SourceFile], _ findings: Findings
  ) throws(ConfigurationProblems) -> Configuration {
    let archive = files.map(ConfigurationLoader.archived).joined()
    let assembly = ConfigurationAssembly(
      folders: folders, archive: archive, channelTypes: channelTypes, findings: findings)
    let configuration = assembly.configuration(of: files)
    guard let configuration, findings.errors.isEmpty else {
      throw ConfigurationProblems(ConfigurationLoader.sorted(findings.errors))
    }
    return configuration
  }

  private static func archived(_ file: SourceFile) -> String {
    let end = file.text.hasSuffix("\n") || file.text.isEmpty ? "" : "\n"
    return archivedHead + file.path + "\n" + file.text + end
  }

  /// Begins the line before each file of an archive.
  private static let archivedHead = "# ==> "

  private static func files(archived text: String) -> [SourceFile] {
    let head = Array(archivedHead.unicodeScalars)
    var files: [(path: String, lines: [String])] = []
    for line in SourceFile(path: "", text: text).lines {
      if line.starts(with: head) {
        files.append((SourceFile.string(line.dropFirst(head.count)), []))
      } else if !files.isEmpty {
        files[files.count - 1].lines.append(SourceFile.string(line))
      }
    }
    return files.map { SourceFile(path: $0.path, text: $0.lines.joined(separator: "\n")) }
  }

  static func sorted(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    var seen: Set<ConfigurationProblem> = []
    return problems.filter { seen.insert($0).inserted }.sorted {
      ($0.place.file, $0.place.line, $0.column) < ($1.place.file, $1.place.line, $1.column)
    }
  }
}
