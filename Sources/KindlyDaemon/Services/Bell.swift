package import KindlyCore

/// Wakes a service's loop early; rung by whoever has made work for it.
package actor Bell {
  private var isRung = false
  private var isReleased = false
  private var listener: CheckedContinuation<Void, Never>?

  package init() {}

  package func ring() {
    isRung = true
    listener?.resume()
    listener = nil
  }

  /// Whether it was rung since it was last asked.
  package func takeRing() -> Bool {
    defer { isRung = false }
    return isRung
  }

  /// Returns when the bell is rung, at an instant, or when the task is cancelled; one listener at a time.
  package func wait(until instant: Instant, by clock: any Timekeeper) async {
    guard !isRung, instant > clock.now else { return }
    isReleased = false
    await withTaskGroup { group in
      group.addTask {
        // Being cancelled is the same to the listener as the time having come.
        try? await clock.sleep(until: instant)
        await self.release()
      }
      await listen()
      group.cancelAll()
    }
  }

  private func listen() async {
    if isRung || isReleased { return }
    await withCheckedContinuation { listener = $0 }
  }

  private func release() {
    isReleased = true
    listener?.resume()
    listener = nil
  }
}
