#if PostgreSQL
  import Dispatch
  import Glibc
  import KindlyCore

  /// Hears what the triggers of change logs notify, over a connection of its own on which nothing is asked.
  ///
  /// No thread waits: Dispatch watches the socket. A pool that gives a connection to others between two statements lets
  /// nothing through, and then polling alone notices changes.
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
      // libpq closes its socket itself where the connection breaks. Dispatch must not be left with a number that another
      // file has by then, or it takes that one's events, so it watches a number of its own.
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
      // Whoever hears takes their time, but the socket is read at once: it stirs until it is.
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

    /// What is signalled again before it is heard is heard once.
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
