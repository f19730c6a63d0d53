import Foundation

/// The machine's identity: the random id that systemd creates at installation, machine-id(5).
enum MachineIdentity {
  /// The machine's id, or nil where there is none; a copied ledger is then recognised by its marker alone.
  static func read() -> String? {
    // Losing the error is right: containers and old systems have no such file.
    let text = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
    let id = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return id.isEmpty ? nil : id
  }
}
