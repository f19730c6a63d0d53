import Foundation
import Glibc
import KindlyCore
import KindlySystemd
import Testing

@Suite("Credentials")
struct CredentialsTests {
  @Test("reads a secret and drops the newline that an editor leaves")
  func reads() throws {
    let folder = try TemporaryFolder()
    try folder.write("p4ss wörd\n".utf8, to: "smtp")
    let secret = try Credentials(environment: ["CREDENTIALS_DIRECTORY": folder.path]).read("smtp")
    #expect(secret.exposed == "p4ss wörd")
  }

  @Test(
    "says what is wrong with a credential",
    arguments: [
      ("absent", .missing), ("empty", .empty), ("bytes", .notText), ("long", .tooLong),
      ("../smtp", .badName), ("", .badName), ("..", .badName), ("folder", .unreadable(EISDIR)),
    ] as [(String, CredentialError.Fault)])
  func faults(name: String, fault: CredentialError.Fault) throws {
    let folder = try TemporaryFolder()
    try folder.write("\n".utf8, to: "empty")
    try folder.write([0xFF, 0xFE], to: "bytes")
    try folder.write(
      Array(repeating: UInt8(ascii: "x"), count: Credentials.largest + 1), to: "long")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/folder", withIntermediateDirectories: false)
    let credentials = Credentials(environment: ["CREDENTIALS_DIRECTORY": folder.path])
    let error = #expect(throws: CredentialError.self) { try credentials.read(name) }
    #expect(error?.fault == fault)
    #expect(error?.description.contains("`\(name)`") == true)
  }

  @Test("without systemd the error names the other way")
  func noDirectory() {
    let error = #expect(throws: CredentialError.self) {
      try Credentials(environment: [:]).read("smtp")
    }
    #expect(error?.description.contains("LoadCredential=smtp:PATH") == true)
  }
}
