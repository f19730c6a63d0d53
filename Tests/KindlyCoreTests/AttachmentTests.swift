import KindlyCore
import Testing

@Suite("Attachments")
struct AttachmentTests {
  @Test(
    "the ending of a file's name says its media type",
    arguments: [
      ("terms.pdf", "application/pdf"), ("2026/Angebot.PDF", "application/pdf"),
      ("a.tar.zip", "application/zip"), ("visit.ics", "text/calendar"), ("list.csv", "text/csv"),
      ("photo.jpeg", "image/jpeg"), ("合同.odt", "application/vnd.oasis.opendocument.text"),
      ("letter.eml", "application/octet-stream"), ("pdf", "application/octet-stream"),
      ("v1.pdf/raw", "application/octet-stream"), ("a.", "application/octet-stream"),
      ("", "application/octet-stream"),
    ])
  func mediaTypes(_ path: String, _ expected: String) {
    #expect(AttachedFile.mediaType(of: path) == expected)
  }

  @Test(
    "sizes are rounded up",
    arguments: [
      (0, "0 KB"), (1, "1 KB"), (1024, "1 KB"), (1025, "2 KB"), (1024 * 1024, "1 MB"),
      (1024 * 1024 + 1, "1.1 MB"), (AttachedFile.largest, "10 MB"),
    ])
  func sizes(_ bytes: Int, _ expected: String) {
    #expect(AttachedFile.size(bytes) == expected)
  }
}
