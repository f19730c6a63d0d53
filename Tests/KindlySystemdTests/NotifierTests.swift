import Foundation
import Glibc
import KindlySystemd
import Testing

@Suite("Notifier")
struct NotifierTests {
  @Test("each call is one datagram to the socket of the service manager")
  func datagrams() async throws {
    let folder = try TemporaryFolder()
    let socket = try DatagramSocket(path: folder.path + "/notify")
    let path = socket.path
    // The socket's address is the process's environment, so it is set in a process of its own.
    await #expect(processExitsWith: .success) { [path = path as String] in
      setenv("NOTIFY_SOCKET", path, 1)
      let notifier = Notifier()
      let deliveries = [
        notifier.ready(), notifier.status("3 rules\nnext at 09:00"), notifier.reloading(),
        notifier.watchdog(), notifier.failed(errno: 13), notifier.stopping(),
      ]
      #expect(deliveries == Array(repeating: .sent, count: 6))
    }
    #expect(try socket.receive() == "READY=1")
    #expect(try socket.receive() == "STATUS=3 rules next at 09:00")
    let reload = try socket.receive().split(separator: "\n")
    #expect(reload.first == "RELOADING=1")
    let time = try #require(reload.last?.split(separator: "=").last.flatMap { Int64($0) })
    #expect(reload.last == "MONOTONIC_USEC=\(time)" && time > 0)
    #expect(try socket.receive() == "WATCHDOG=1")
    #expect(try socket.receive() == "ERRNO=13")
    #expect(try socket.receive() == "STOPPING=1")
  }

  @Test("outside systemd nothing happens")
  func noSupervisor() async {
    await #expect(processExitsWith: .success) {
      unsetenv("NOTIFY_SOCKET")
      #expect(Notifier().ready() == .noSupervisor)
    }
  }

  @Test("a socket that is gone is reported, not hidden")
  func socketGone() async {
    await #expect(processExitsWith: .success) {
      setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
      #expect(Notifier().watchdog() == .failed(ENOENT))
    }
  }
}

@Suite("WatchdogSchedule")
struct WatchdogScheduleTests {
  @Test(
    "is half the limit, for the process that is meant",
    arguments: [
      (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "17"], Duration.seconds(30)),
      (["WATCHDOG_USEC": "60000000"], .seconds(30)),
      (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "18"], nil),
      (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
      ([:], nil),
    ] as [([String: String], Duration?)])
  func schedule(environment: [String: String], interval: Duration?) {
    #expect(WatchdogSchedule(environment: environment, process: 17)?.interval == interval)
  }
}
