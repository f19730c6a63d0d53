#if MariaDB
  import KindlyCore

  /// Reads the open transactions of other sessions on the server.
  ///
  /// Every connection that is working also counts as alive, because its transaction may continue under another number.
  enum MariaDBTransactions {
    /// The server keeps its list for a tenth of a second after it was read last, by whomever, so a fresh one takes a second try.
    private static let pause = 0.11
    /// A statement that may yet begin its transaction. One that has run for a minute has already begun it, or waits for
    /// a table.
    private static let atWork =
      "command IN ('Query', 'Execute') AND (time <= 60 OR state LIKE 'Waiting for table%')"

    /// The transactions that are open now; nil where the user may not see them.
    static func seen(by reader: some MariaDBAsking) throws -> OpenTransactions? {
      let first = try glance(by: reader)
      guard let first, !first.isFresh else { return first }
      _ = try reader.value("SELECT SLEEP(\(pause))")
      return try list(by: reader)
    }

    /// The open transactions without waiting; if another session has just looked, the list may be out of date.
    static func glance(by reader: some MariaDBAsking) throws -> OpenTransactions? {
      do {
        return try list(by: reader)
      } catch  where reader.code(of: error) == 1227 {
        return nil
      }
    }

    /// The server's list.
    ///
    /// It contains our own transaction with its statement, which carries a unique number: this shows that the list is
    /// current.
    private static func list(by reader: some MariaDBAsking) throws -> OpenTransactions {
      let mark = "kindly look \(reader.nextNumber()):"
      var seen = OpenTransactions(isFresh: false)
      var working: Set<String> = []  // in ASCII, by the server
      try reader.each(
        """
        SELECT /* \(mark) */ id, NULL, NULL, FALSE, id = CONNECTION_ID()
        FROM information_schema.processlist WHERE \(atWork)
        UNION ALL
        SELECT trx_mysql_thread_id, trx_id, CAST(trx_started AS CHAR),
          COALESCE(trx_query LIKE '%\(mark)%', FALSE), trx_mysql_thread_id = CONNECTION_ID()
        FROM information_schema.innodb_trx
        """
      ) { row in
        guard row.value(4) != .integer(1) else {
          seen.isFresh = seen.isFresh || row.value(3) == .integer(1)
          return true
        }
        let thread = "thread \(row.value(0).text)"
        if row.value(2).isNull {
          working.insert(thread)
          return true
        }
        // One that was prepared has no connection; all others keep theirs and their beginning, but not their number.
        let name = "\(row.value(0).text)@\(row.value(2).text)"
        seen.open.insert(row.value(0) == .integer(0) ? "\(name) \(row.value(1).text)" : name)
        seen.alive.insert(thread)
        return true
      }
      working.subtract(seen.alive)
      // A statement that has begun may hold a time already, before its transaction is in the list.
      seen.alive.formUnion(seen.open.union(working))
      seen.open.formUnion(working)
      return seen
    }
  }
#endif
