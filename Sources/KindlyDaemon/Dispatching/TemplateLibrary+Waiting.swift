import Dispatch
import KindlyCore
import KindlyTemplates

extension TemplateLibrary {
  /// Where files that rows name are read: a disk that spins up, or a file server that does not answer, would otherwise hold
  /// threads of the cooperative pool.
  private static let queue = DispatchQueue(label: "kindly.attachments", attributes: .concurrent)

  /// The message that a letter comes to for one row, waiting for the files that the row names.
  func message(
    _ name: String, scope: TemplateScope
  ) async throws(TemplateProblem) -> Message {
    guard scope.carriesAttachments, readsFiles(name) else { return try render(name, scope: scope) }
    let result = await withCheckedContinuation { continuation in
      TemplateLibrary.queue.async {
        continuation.resume(
          returning: Result { () throws(TemplateProblem) in try render(name, scope: scope) })
      }
    }
    return try result.get()
  }
}
