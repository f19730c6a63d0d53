import Foundation
package import KindlyCore
import KindlyTransport

/// Mail into a Maildir on this machine, as files that any mail program opens.
///
/// A file's name comes from the public id, so a repeated hand-over replaces its file. (A mail program that has moved
/// the first copy to `cur` meanwhile shows the mail twice.)
package final class MaildirChannel: Channel {
  static let traits = ChannelTraits(
    rings: false, afterUnknown: .tryAgain, address: .email, carriesAttachments: true)

  package let name: String
  private let sender: MailSender
  private let queue = JobQueue<MaildirJob>(threads: 1)

  /// Files written together share one fsync of their folder; more would only make the first one wait.
  private static let mostTogether = 64

  package var traits: ChannelTraits { MaildirChannel.traits }

  /// - Parameter path: the folder that holds `tmp`, `new` and `cur`; made where it is missing.
  package init(name: String, path: String, sender: MailSender) {
    self.name = name
    self.sender = sender
    let thread = Thread { [queue] in
      MaildirChannel.work(through: queue, into: MaildirFolder(path))
    }
    thread.name = "maildir"
    thread.start()
  }

  deinit {
    MaildirChannel.refuse(queue.shut())
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try EmailAddress(delivery.recipient.address)
    guard MaildirFolder.isName(delivery.publicID) else {
      throw UnfitDelivery(.message, "the public id cannot be a file's name")
    }
    let message = try MIMEMessage(delivery, to: address, from: sender)
    return Payload(
      publicID: delivery.publicID, recipient: address.description, bytes: message.bytes)
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let end = Uptime.reading().advanced(by: deadline)
    return await withCheckedContinuation { continuation in
      let job = MaildirJob(payload: payload, deadline: end, finish: continuation)
      if !queue.add(job) { MaildirChannel.refuse([job]) }
    }
  }

  package func close() async {
    MaildirChannel.refuse(queue.shut())
    await queue.waitForEnd()
  }

  private static func work(through queue: JobQueue<MaildirJob>, into folder: MaildirFolder) {
    while case .job(let first) = queue.next() {
      let jobs = [first] + queue.more(atMost: mostTogether - 1)
      let now = Uptime.reading()
      let inTime = jobs.filter { now < $0.deadline }
      let outcomes = folder.deliver(inTime.map(\.payload))
      for (job, outcome) in zip(inTime, outcomes) { job.finish.resume(returning: outcome) }
      for job in jobs where now >= job.deadline {
        job.finish.resume(
          returning: .retry(Refusal("the disk was busy until the deadline; nothing was written")))
      }
    }
    queue.removeThread()
  }

  private static func refuse(_ jobs: [MaildirJob]) {
    for job in jobs {
      job.finish.resume(
        returning: .withdrawn(Refusal("the channel is closed; nothing was written")))
    }
  }
}

/// One mail on its way to the thread that writes.
private struct MaildirJob: Sendable {
  let payload: Payload
  let deadline: Uptime
  let finish: CheckedContinuation<Outcome, Never>
}
