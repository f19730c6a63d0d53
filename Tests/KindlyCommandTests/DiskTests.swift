import Foundation
import Glibc
import KindlyTestKit
import Testing

/// What a full or failing disk means to the service manager: another try, never the end.
@Suite("A disk that takes no more")
struct DiskTests {
  /// Becomes a command that cannot write beyond the first kilobyte of any file, and is told so by an error.
  private static let full = [
    "/bin/sh", "-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh",
  ]

  /// The unit's `RestartPreventExitStatus=`.
  private static let finalCodes: Set<Int32> = [64, 65, 66, 77, 78]

  @Test("a start fails with 74, which the unit tries again, and works when there is room")
  func start() async throws {
    let company = try Company()
    for _ in 1...2 {
      let ran = try await KindlyBinary.run(
        ["run", "--config", company.etc], through: DiskTests.full)
      #expect(ran.code == 74, "\(ran.errors)")
      #expect(!DiskTests.finalCodes.contains(ran.code))
    }
    let daemon = try await RunningDaemon.start(company)
    #expect(await daemon.stop() == 0)
    let again = try await KindlyBinary.run(
      ["run", "--config", company.etc], through: DiskTests.full)
    #expect(again.code == 74, "\(again.errors)")
    let recovered = try await RunningDaemon.start(company)
    #expect(await recovered.stop() == 0)
  }

  @Test("a configuration file that the disk fails to read is no configuration error: exit 74")
  func configuration() async throws {
    let company = try Company()
    // Reading the first bytes of a process's own memory fails as on a broken disk.
    try FileManager.default.createSymbolicLink(
      atPath: company.etc + "/rules.d/20-broken.yaml", withDestinationPath: "/proc/self/mem")
    for verb in ["run", "check"] {
      let ran = try await company.run(verb)
      #expect(ran.code == 74, "\(ran.errors)")
      #expect(
        ran.errors.contains("20-broken.yaml: error: it cannot be read: Input/output error"),
        "\(ran.errors)")
    }
  }
}
