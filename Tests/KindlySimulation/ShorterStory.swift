import Foundation

/// Finds a short story that fails as a long one does: takes events away as long as it still fails.
struct ShorterStory {
  private var story: Story

  init(of story: Story) { self.story = story }

  func find() async -> String {
    var shortest = story
    guard var failure = await failure(of: shortest) else { return "the story does not fail again" }
    var size = shortest.events.count / 2
    while size > 0 {
      var start = 0
      while start < shortest.events.count {
        var shorter = shortest
        shorter.events.removeSubrange(start..<min(start + size, shorter.events.count))
        if let next = await self.failure(of: shorter), kind(of: next) == kind(of: failure) {
          (shortest, failure) = (shorter, next)
        } else {
          start += size
        }
      }
      size /= 2
    }
    return "\(shortest)\n\(failure)"
  }

  /// What went wrong, without the letter and the times: a shorter story must fail in the same way.
  private func kind(of failure: String) -> String {
    let words = failure.components(separatedBy: " UTC: ").last ?? failure
    return words.prefix { $0 != ":" }.filter { !$0.isNumber }
  }

  private func failure(of story: Story) async -> String? {
    do {
      _ = try await Simulation.run(story)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
