import KindlyCore

/// The commands that answer one request, over an open connection; RFC 3501, 6851 (MOVE) and 4315 (UIDPLUS).
struct IMAPSession {
  let connection: IMAPConnection

  /// How many UIDs one command asks for at first; where there are no mails, the next one asks for more.
  private static let firstWindow: UInt64 = 512
  /// How many bytes are fetched at once, however many mails they are.
  private static let mostBytes = 4 << 20

  private var account: IMAPAccount { connection.account }

  private struct Folder {
    var validity: UInt32?
    var nextUID: UInt32?
    var count = 0
  }

  // MARK: Reading

  /// Reads mails after a UID. The folder is opened with EXAMINE, so that nothing in it can change.
  ///
  /// A server may have to open a mail to tell its size, and may fail with one that is damaged. So the sizes are asked
  /// for only if several mails are to fit together.
  func look(
    after position: UInt32, validity: UInt32?, count: Int, bytes: Int
  ) throws(MailboxFault) -> MailboxLook {
    let folder = try open("EXAMINE")
    let present = folder.validity ?? 0
    // Another numbering has nothing to do with the old positions.
    let isSame = validity == nil || validity == present
    // In a mailbox that was restored from a backup, UIDs are given again to other mails.
    let isAhead = folder.nextUID.map { position >= $0 } ?? false
    let after = isSame && !isAhead ? position : 0
    let end = try end(of: folder, after: after)
    var listed: [(uid: UInt32, size: Int)] = []
    var next = UInt64(after) + 1
    var width = max(IMAPSession.firstWindow, UInt64(count) + 1)
    while folder.count > 0, listed.isEmpty, next < end {
      let last = min(next + width - 1, end - 1)
      listed = try list(next...last, atMost: count + 1, withSizes: count > 1)
      next = last + 1
      width *= 4
    }
    let uids = IMAPSession.fitting(listed, atMost: count, bytes: bytes)
    // Of what was listed some is left for the next time, or all of the range was looked at.
    let through =
      uids.count < listed.count
      ? UInt64(uids.last ?? after) : max(UInt64(after), min(next, end) - 1)
    let mails = try uids.isEmpty ? [] : fetch(uids, of: present, bytes: bytes)
    return MailboxLook(
      validity: present, mails: mails, through: UInt32(through),
      hasMore: folder.count > 0 && through + 1 < end)
  }

  /// The UID behind the newest mail. Servers need not say which UID is next; RFC 3501, 6.3.1.
  private func end(of folder: Folder, after: UInt32) throws(MailboxFault) -> UInt64 {
    if let next = folder.nextUID { return UInt64(next) }
    var newest = after
    if folder.count > 0 {
      try require(
        connection.perform("UID FETCH * (UID)") { response in
          if let uid = response.uid { newest = max(newest, uid) }
        }, to: "list the mails")
    }
    return UInt64(newest) + 1
  }

  /// The first of the listed mails that fit together, at least one.
  private static func fitting(
    _ listed: [(uid: UInt32, size: Int)], atMost count: Int, bytes: Int
  ) -> [UInt32] {
    var uids: [UInt32] = []
    var sum = 0
    for mail in listed.prefix(count) {
      sum += min(mail.size, bytes)
      if !uids.isEmpty, sum > mostBytes { break }
      uids.append(mail.uid)
    }
    return uids
  }

  /// The first mails of a range, with their sizes, or with 0 where these are not asked for.
  private func list(
    _ range: ClosedRange<UInt64>, atMost limit: Int, withSizes: Bool
  ) throws(MailboxFault) -> [(uid: UInt32, size: Int)] {
    var found: [(uid: UInt32, size: Int)] = []
    let items = withSizes ? "UID RFC822.SIZE" : "UID"
    let command = "UID FETCH \(range.lowerBound):\(range.upperBound) (\(items))"
    try require(
      connection.perform(command) { response in
        let mail: (uid: UInt32, size: Int)? =
          withSizes ? response.listed : response.uid.map { (uid: $0, size: 0) }
        guard let (uid, size) = mail, range.contains(UInt64(uid)) else { return }
        // Servers answer in ascending order, but need not.
        let place =
          found.last.map { $0.uid < uid } == true
          ? found.endIndex : found.firstIndex { $0.uid >= uid } ?? found.endIndex
        if place < found.endIndex, found[place].uid == uid { return }
        found.insert((uid, size), at: place)
        if found.count > limit { found.removeLast() }
      }, to: "list the mails")
    return found
  }

  /// Fetches mails. If only one is asked for, it is to blame for any fault: the same connection has just opened and
  /// listed the folder.
  private func fetch(
    _ uids: [UInt32], of validity: UInt32, bytes: Int
  ) throws(MailboxFault) -> [MailboxMail] {
    do throws(MailboxFault) {
      return try fetch(uids, bytes: bytes)
    } catch {
      guard uids.count == 1, let uid = uids.first else { throw error }
      throw .unreadable(uid: uid, validity: validity, error.text)
    }
  }

  private func fetch(_ uids: [UInt32], bytes: Int) throws(MailboxFault) -> [MailboxMail] {
    var mails: [UInt32: [UInt8]] = [:]
    let command = "UID FETCH \(set(uids)) (UID BODY.PEEK[]<0.\(bytes)>)"
    try require(
      connection.perform(command) { response in
        if let (uid, body) = response.fetched, uids.contains(uid) { mails[uid] = body }
      }, to: "fetch mails")
    return uids.compactMap { uid in mails[uid].map { MailboxMail(uid: uid, bytes: $0) } }
  }

  // MARK: Marking

  /// Marks mails that were read; a mail that is gone is left alone, and repeating it changes nothing.
  func mark(_ uids: [UInt32], validity: UInt32, _ mark: MailMark) throws(MailboxFault) {
    let folder = try open("SELECT")
    // The UIDs belong to other mails now.
    guard folder.validity == validity else { return }
    switch mark {
    case .flag(let name):
      try require(
        connection.perform("UID STORE \(set(uids)) +FLAGS.SILENT (\(name))"),
        to: "set the flag \(name)")
    case .move(let target): try move(uids, to: target)
    }
  }

  private func move(_ uids: [UInt32], to target: String) throws(MailboxFault) {
    var capabilities: [String] = []
    try require(
      connection.perform("CAPABILITY") { response in
        if let found = response.capabilities { capabilities += found }
      }, to: "tell what it can do")
    let name = FolderName.quoted(target)
    if capabilities.containsExactly("MOVE") {
      try require(
        connection.perform("UID MOVE \(set(uids)) \(name)"), to: "move mails to \(target)")
      return
    }
    guard capabilities.containsExactly("UIDPLUS") else {
      throw .misconfigured(
        "\(account.server.host) cannot move mails (neither MOVE nor UIDPLUS); use `done: flag NAME`"
      )
    }
    try require(connection.perform("UID COPY \(set(uids)) \(name)"), to: "copy mails to \(target)")
    try require(
      connection.perform("UID STORE \(set(uids)) +FLAGS.SILENT (\\Deleted)"), to: "delete mails")
    try require(connection.perform("UID EXPUNGE \(set(uids))"), to: "delete mails")
  }

  // MARK: Checking

  /// Counts the mails of the folder; throws if it, or the folder to move to, is missing.
  func check(_ mark: MailMark?) throws(MailboxFault) -> Int {
    let folder = try open("EXAMINE")
    if case .move(let target)? = mark {
      try require(
        connection.perform("STATUS \(FolderName.quoted(target)) (MESSAGES)"),
        to: "find the folder \(target)")
    }
    return folder.count
  }

  // MARK: Parts

  private func open(_ command: String) throws(MailboxFault) -> Folder {
    var folder = Folder()
    try require(
      connection.perform("\(command) \(FolderName.quoted(account.folder))") { response in
        folder.validity = response.number(ofCode: "UIDVALIDITY") ?? folder.validity
        folder.nextUID = response.number(ofCode: "UIDNEXT") ?? folder.nextUID
        folder.count = response.exists ?? folder.count
      }, to: "open the folder \(account.folder)")
    return folder
  }

  private func require(
    _ completion: IMAPResponse.Completion, to what: String
  ) throws(MailboxFault) {
    switch completion {
    case .ok: return
    case .no(let text), .bad(let text):
      let words = Evidence.line(String(text.prefix(300)), hiding: account.user)
      throw .misconfigured("\(account.server.host) did not \(what): \(words)")
    }
  }

  private func set(_ uids: [UInt32]) -> String { uids.map(String.init).joined(separator: ",") }
}
