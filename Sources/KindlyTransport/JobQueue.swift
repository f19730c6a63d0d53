import Dispatch
import Synchronization

/// Work handed from async code to threads of our own, which may block.
///
/// Any number of tasks add, any number of threads take; what was added first is taken first.
package final class JobQueue<Job: Sendable>: Sendable {
  /// The result of waiting for work.
  package enum Next: Sendable {
    case job(Job)
    /// Nothing came for the time asked about.
    case idle
    /// Nothing will come any more.
    case closed
  }

  private struct State {
    var waiting: [Job] = []
    /// Where in `waiting` the next job stands; the taken ones before it are dropped together.
    var first = 0
    var isClosed = false
    var threads: Int
    var closers: [CheckedContinuation<Void, Never>] = []

    mutating func take() -> Job? {
      guard first < waiting.count else { return nil }
      let job = waiting[first]
      first += 1
      if first == waiting.count || first > 1024 {
        waiting.removeFirst(first)
        first = 0
      }
      return job
    }
  }

  private let state: Mutex<State>
  private let arrival = DispatchSemaphore(value: 0)
  private let threads: Int

  /// A queue that so many threads take from; each of them must call `removeThread` once.
  package init(threads: Int) {
    self.threads = threads
    state = Mutex(State(threads: threads))
  }

  /// Adds a job, or says false when the queue is closed.
  package func add(_ job: Job) -> Bool {
    let isAdded = state.withLock { state in
      if state.isClosed { return false }
      state.waiting.append(job)
      return true
    }
    if isAdded { arrival.signal() }
    return isAdded
  }

  /// Blocks the calling thread until there is a job, the queue closes, or `idle` has passed.
  package func next(idleAfter idle: Duration? = nil) -> Next {
    while true {
      let isWoken: Bool
      if let idle {
        let end = Uptime.reading().advanced(by: idle)
        isWoken =
          arrival.wait(timeout: DispatchTime(uptimeNanoseconds: end.nanoseconds)) == .success
      } else {
        arrival.wait()
        isWoken = true
      }
      let next = state.withLock { state -> Next? in
        if let job = state.take() { return .job(job) }
        return state.isClosed ? .closed : (isWoken ? nil : .idle)
      }
      if let next { return next }
    }
  }

  /// Takes further jobs that wait already, without blocking.
  package func more(atMost limit: Int) -> [Job] {
    state.withLock { state in
      var jobs: [Job] = []
      while jobs.count < limit, let job = state.take() { jobs.append(job) }
      return jobs
    }
  }

  /// Refuses further jobs and wakes every thread; returns the jobs that no thread had taken.
  @discardableResult
  package func shut() -> [Job] {
    let left = state.withLock { state -> [Job] in
      state.isClosed = true
      defer {
        state.waiting = []
        state.first = 0
      }
      return Array(state.waiting[state.first...])
    }
    for _ in 0..<threads { arrival.signal() }
    return left
  }

  /// Removes the calling thread, which takes no more jobs.
  package func removeThread() {
    let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.threads -= 1
      guard state.threads == 0 else { return [] }
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
  }

  /// Waits until every thread has ended.
  package func waitForEnd() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.threads > 0 { state.closers.append(continuation) }
        return state.threads == 0
      }
      if isOver { continuation.resume() }
    }
  }
}
