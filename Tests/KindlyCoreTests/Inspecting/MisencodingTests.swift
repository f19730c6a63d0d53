import KindlyCore
import Testing

@Suite("Text in a wrong encoding")
struct MisencodingTests {
  /// What a program shows that takes UTF-8 for Latin-1.
  private static func asLatin1(_ text: String) -> String {
    String(String.UnicodeScalarView(text.utf8.map { Unicode.Scalar($0) }))
  }

  @Test(
    "is UTF-8 read as Latin-1, whatever the language",
    arguments: ["François", "Müller", "张伟", "Łódź", "Дмитрий", "Zoë & Jörg", "こんにちは", "naïve €"])
  func utf8(text: String) {
    #expect(Misencoding(of: MisencodingTests.asLatin1(text)) == .utf8AsLatin1)
  }

  @Test(
    "is what other programs made of it",
    arguments: [
      ("FranÃ§ois", Misencoding.utf8AsLatin1), ("itâ€™s", .utf8AsLatin1), ("â‚¬ 20", .utf8AsLatin1),
      ("Ã¼ber 张", .utf8AsLatin1), ("ÕÅÎ°", .gbkAsLatin1), ("ÀîÎ° (VIP)", .gbkAsLatin1),
      ("M\u{FFFD}ller", .replaced), ("锟斤拷", .replaced), ("??", .questionMarks),
      ("??? ??", .questionMarks),
    ])
  func known(text: String, kind: Misencoding) {
    #expect(Misencoding(of: text) == kind)
  }

  @Test(
    "is not seen in sound texts",
    arguments: [
      "", "Ada", "?", "why?", "François", "Müller", "Größe", "São Paulo", "Ærøskøbing", "Łódź",
      "张伟", "李 Müller",
      "Ελλάδα", "naïve café", "„Größe“ – so", "Íþróttir", "100 € … ja", "Ünïcödé", "crème brûlée",
      "déjà vu",
      "ÄÖÜ", "ÉÈ", "5 °C", "± 2", "Señor Núñez", "Ångström", "«À bientôt»",
    ])
  func sound(text: String) {
    #expect(Misencoding(of: text) == nil)
  }
}
