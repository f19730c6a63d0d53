import KindlyConfig
import KindlyCore
import Testing

@Suite("A source's URL on a command line")
struct TypedSourceURLTests {
  @Test("may carry a password, which does not stay in it")
  func password() throws {
    let typed = try TypedSourceURL("postgresql://care:open%20sesame@db.example.com:5433/crm")
    #expect(typed.password?.exposed == "open sesame")
    #expect(typed.url == "postgresql://care@db.example.com:5433/crm")
    #expect(typed.kind.server?.user == "care")
    #expect(try TypedSourceURL("mysql://care@db.example.com/crm").password == nil)
  }

  @Test("takes the user beside it, written as a URL wants it")
  func user() throws {
    let typed = try TypedSourceURL("mysql://other:pw@db.example.com/crm", user: "care@näh")
    #expect(typed.url == "mysql://care%40n%C3%A4h@db.example.com/crm")
    #expect(typed.kind.server?.user == "care@näh")
    #expect(try TypedSourceURL("postgresql:///crm", user: "care").url == "postgresql://care@/crm")
  }

  @Test(
    "of ODBC may have it among its attributes, and names its user there",
    arguments: [
      ("odbc:DSN=crm;UID=care;PWD=hush", "odbc:DSN=crm;UID=care", "hush"),
      (
        "ODBC:pwd={a;}}b};Driver={X;Y}; Database=/srv/a b.db;",
        "odbc:Driver={X;Y};Database=/srv/a b.db", "a;}b"
      ),
      ("odbc:DSN=crm;Password=one;PWD=two", "odbc:DSN=crm", "one"),
      ("odbc:DSN=crm;PWD=", "odbc:DSN=crm", nil), ("odbc: DSN=crm; ", "odbc: DSN=crm; ", nil),
    ])
  func odbc(text: String, url: String, password: String?) throws {
    let typed = try TypedSourceURL(text)
    #expect(typed.url == url && typed.password?.exposed == password)
    let problem = #expect(throws: TypedURLProblem.self) { try TypedSourceURL(text, user: "me") }
    #expect(problem?.description == "expected the user of an ODBC source as UID in its URL")
  }

  @Test("of a file has neither, and is left as it is")
  func file() throws {
    let typed = try TypedSourceURL("sqlite:///srv/a@b/crm.db")
    #expect(typed.url == "sqlite:///srv/a@b/crm.db" && typed.password == nil)
    #expect(throws: TypedURLProblem.self) { try TypedSourceURL("sqlite:///srv/crm.db", user: "me") }
  }

  @Test(
    "is refused without its password in the error",
    arguments: [
      "postgres://me:hush@db/crm", "mysql://me:hush@/", "postgresql://me:hush%2@db/crm",
      "me:hush@db", "odbc:PWD=hush", "odbc:DSN=crm;PWD={hush", "odbc:DSN=crm;PWD=hush;rest",
    ])
  func refused(text: String) {
    let problem = #expect(throws: TypedURLProblem.self) { try TypedSourceURL(text) }
    #expect(problem?.description.contains("hush") == false)
  }
}
