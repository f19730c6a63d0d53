/// What no committed file holds, whatever its language. The words are put together here, or this file would hold them.
extension TidyRule {
  private static let unfinished = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]

  /// Where packages come from is the machine's business: a mirror must work without editing the project.
  private static let registries = [
    "py" + "pi.org", "python" + "hosted.org", "deb." + "debian.org", "security." + "debian.org",
    "ftp." + "debian.org", "archive." + "ubuntu.com", "npm" + "js.org", "npm" + "js.com",
    "crates" + ".io",
    "ruby" + "gems.org", "proxy." + "golang.org", "maven" + ".org", "docker" + ".io",
    "git" + "hub.com",
  ]

  /// SwiftPM knows a package by its URL.
  private static let manifest = "Package.swift"

  static let anyFile = [
    TidyRule("nothing is left for later", in: Place.everywhere) { file in
      file.rawFindings(of: unfinished, asWords: true) { word in
        "do it now, or write an issue and take `\(word)` out"
      }
    },
    TidyRule("no registry is named") { path in
      path != manifest
    } find: { file in
      file.rawFindings(of: registries, asWords: false) { host in
        "leave `\(host)` out: the registry's client is configured by the machine"
      }
    },
    TidyRule("no file is empty", in: Place.everywhere) { file in
      let isEmpty = file.raw.allSatisfy { $0.allSatisfy(\.isWhitespace) }
      return isEmpty ? [Finding(line: 1, instead: "delete the file, or write what it is for")] : []
    },
    TidyRule("each file is in a folder for its kind", in: Place.everywhere) { file in
      guard !Habitat.all.contains(where: { $0.admits(file.path) }) else { return [] }
      let advice =
        "delete the stray file, or add its kind to `Habitat`"
      return [Finding(line: 1, instead: advice)]
    },
  ]
}

/// A folder and the kinds of file that belong below it.
private struct Habitat {
  let folder: String
  /// The ends of names; a file without one has its whole name here.
  let kinds: Set<String>

  static let all = [
    Habitat(
      folder: "",
      kinds: [
        ".ci/run", ".gitignore", ".swift-format", "CHANGELOG.md", "LICENSE", "Makefile",
        "Package.swift", "README.md",
      ]),
    Habitat(folder: "Sources/", kinds: [".swift", ".c", ".h", ".modulemap"]),
    Habitat(folder: "Benchmarks/", kinds: [".swift"]),
    Habitat(folder: "Tests/", kinds: [".swift"]),
    Habitat(folder: "Tests/Support/", kinds: [".py", ".sql"]),
    Habitat(folder: "config/", kinds: [".yaml", ".html", ".json"]),
    Habitat(folder: "docs/", kinds: [".md", ".1"]),
    Habitat(
      folder: "scripts/",
      kinds: [
        "check-release", "check-service", "check-unit", "install-completions", "service-steps",
        "setup", "test", "test-requirements.txt",
      ]),
    Habitat(folder: "systemd/", kinds: [".service", ".sysusers", ".tmpfiles"]),
  ]

  func admits(_ path: String) -> Bool {
    guard path.hasPrefix(folder) else { return false }
    let rest = path.dropFirst(folder.count)
    return kinds.contains { kind in
      kind.hasPrefix(".") && !folder.isEmpty ? rest.hasSuffix(kind) : rest == kind
    }
  }
}

extension SourceText {
  fileprivate func rawFindings(
    of words: [String], asWords: Bool, instead: (String) -> String
  ) -> [TidyRule.Finding] {
    raw.enumerated().compactMap { index, line in
      guard let word = words.first(where: { line.holds($0, asWord: asWords) }) else { return nil }
      return TidyRule.Finding(line: index + 1, instead: instead(word))
    }
  }
}

extension Substring {
  fileprivate func holds(_ word: String, asWord: Bool) -> Bool {
    ranges(of: word).contains { range in
      guard asWord else { return true }
      let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : " "
      let after = range.upperBound < endIndex ? self[range.upperBound] : " "
      return !(before.isLetter || before == "_" || after.isLetter || after == "_")
    }
  }
}
