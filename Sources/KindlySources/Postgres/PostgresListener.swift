#if PostgreSQL
  import Dispatch
  import Glibc
  import KindlyCore

  /// Listens for the notifications of change log triggers, over a separate connection that asks no questions.
  ///
  /// No thread waits: Dispatch watches the socket. A pool that shares connections between statements delivers no
  /// notifications; then only polling notices changes.
  actor PostgresListener: CommitListener {
    /// What triggers notify and this listens to; channels are of one database.
    static let channel = "kindly"

    private let diagnosis: PostgresDiagnosis
    private let password: Secret?
    private let executor: QueueExecutor
    private var connection: PostgresConnection?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(diagnosis: PostgresDiagnosis, password: Secret?) {
      self.diagnosis = diagnosis
      self.password = password
      executor = QueueExecutor(label: "kindly.source.\(diagnosis.source).hints")
    }

    func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem) {
      // libpq closes its socket itself when the connection breaks. Dispatch would then watch a descriptor number that
      // may belong to another file, so it watches a duplicate of its own.
      let socket = fcntl(try begin(), F_DUPFD_CLOEXEC, 0)
      guard socket >= 0 else {
        connection = nil
        throw diagnosis.unreachable(
          "cannot be listened to: \(String(cString: strerror(errno)))", nil)
      }
      let (stirs, stir) = PostgresListener.signal()
      let watch = DispatchSource.makeReadSource(fileDescriptor: socket, queue: executor.queue)
      watch.setEventHandler { stir.yield() }
      watch.activate()
      // The listener may be slow, but the socket must be read at once, because it stays readable until then.
      let (news, tell) = PostgresListener.signal()
      let problem = await withTaskGroup { group in
        group.addTask { for await _ in news { await heard() } }
        tell.yield()
        let problem = await read(stirs, telling: tell)
        group.cancelAll()
        return problem
      }
      await withCheckedContinuation { over in
        watch.setCancelHandler { over.resume() }
        watch.cancel()
      }
      // Only now, because a socket must not be closed while it is watched.
      close(socket)
      connection = nil
      if let problem { throw problem }
    }

    /// Several signals before the listener is ready arrive as one.
    private static func signal() -> (AsyncStream<Void>, AsyncStream<Void>.Continuation) {
      AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads until the task is cancelled, or the connection breaks.
    private func read(
      _ stirs: AsyncStream<Void>, telling tell: AsyncStream<Void>.Continuation
    ) async -> SourceProblem? {
      do {
        for await _ in stirs where try connection?.takeNotifications() == true { tell.yield() }
        return nil
      } catch {
        return diagnosis.problem(error, asked: .source)
      }
    }

    private func begin() throws(SourceProblem) -> Int32 {
      do {
        let connection = try PostgresConnection(
          to: diagnosis.address, password: password, deadline: diagnosis.deadline)
        // From version 14 on a server may end a session that asks nothing.
        try connection.run(
          "SELECT set_config(name, '0', FALSE) FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'"
        )
        try connection.run("LISTEN \(PostgresListener.channel)")
        self.connection = connection
        return connection.socket
      } catch {
        throw diagnosis.problem(error, asked: .source)
      }
    }
  }
#endif
