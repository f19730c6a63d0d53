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
        if let next = await self.failure(of: shorter) {
          (shortest, failure) = (shorter, next)
        } else {
          start += size
        }
      }
      size /= 2
    }
    return "\(shortest)\n\(failure)"
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
