import KindlyConfig
import Testing

@Suite("What is wrong with sources, watches, customers and channels")
struct SectionProblemTests {
  /// A member of a section, and what is said about it.
  @Test(
    "is told with its line and column",
    arguments: [
      (
        "sources:\n  kindly: { url: \"sqlite:///a\" }",
        "2:11: error: expected another name for a source, got `kindly`, which is Kindly's own ledger and needs no entry"
      ),
      (
        "watches:\n  w: { source: \"\", table: t, key: id }",
        "expected `source` to be a text, got nothing"
      ),
      ("sources:\n  a: {}", "2:6: error: expected source a to have `url:`"),
      (
        "sources:\n  a: { url: /srv/a.db }",
        "expected `url` to begin with `sqlite://` or `csv://` or `postgresql://` or `mysql://` or `mariadb://` or `odbc:`, got no scheme"
      ),
      (
        "sources:\n  a: { url: \"mongodb://x\" }",
        "2:13: error: expected `url` to begin with `sqlite://` or `csv://` or `postgresql://` or `mysql://` or `mariadb://` or `odbc:`, got `mongodb:`"
      ),
      ("sources:\n  a: { url: \"sqlit:///x\" }", "did you mean `sqlite`?"),
      (
        "sources:\n  a: { url: \"sqlite://srv/a.db\" }",
        "an absolute path, `sqlite:///srv/crm/crm.db` (three slashes)"
      ),
      ("sources:\n  a: { url: \"sqlite:///a.db?mode=rw\" }", "a path without `?`"),
      (
        "sources:\n  a: { url: \"sqlite:///a.db\", password: { env: P } }",
        "expected source a to have no `password`, got one: its database is a file"
      ),
      (
        "sources:\n  a: { url: \"postgresql://db.example.com\" }",
        "expected `url` to name a host and a database, `postgresql://kindly@db.example.com/crm`"
      ),
      (
        "sources:\n  a: { url: \"mysql://db.example.com\" }",
        "expected `url` to name a host and a database, `mysql://kindly@db.example.com/crm`"
      ),
      (
        "sources:\n  a: { url: \"mariadb://kindly:hush@h/crm\" }",
        "expected `url` to have no password in it; write `password: { credential: NAME }`"
      ),
      ("sources:\n  a: { url: \"postgresql://h:0/crm\" }", "to name a host and a database"),
      (
        "sources:\n  a: { url: \"postgresql://kindly:hush@h/crm\" }",
        "expected `url` to have no password in it; write `password: { credential: NAME }`"
      ),
      (
        "sources:\n  a: { url: \"postgresql://h/crm?sslmode=prefer\" }",
        "expected `sslmode` in `url` to be one of verify-full, require, disable"
      ),
      (
        "sources:\n  a: { url: \"postgresql://h/crm?sslrootcert=ca.pem\" }",
        "expected `sslrootcert` in `url` to be an absolute path"
      ),
      (
        "sources:\n  a: { url: \"postgresql://h/crm?password=x\" }",
        "expected nothing but `sslmode`, `sslrootcert` and"
      ),
      ("sources:\n  a: { url: \"sqlite:///a%2\" }", "an absolute path"),
      (
        "sources:\n  a: { url: \"csv://a\" }", "an absolute path, `csv:///srv/shop` (three slashes)"
      ),
      (
        "sources:\n  a: { url: \"sqlite:///a\", encoding: GBK }",
        "expected `encoding` for CSV, MariaDB and MySQL alone"
      ),
      (
        "sources:\n  a: { url: \"sqlite:///a\", poll: 5 }",
        "expected `poll` to be a time from 100ms to 24h, such as 5s, got `5`"
      ),
      (
        "sources:\n  a: { url: \"sqlite:///a\", poll: 1ms }",
        "expected `poll` to be a time from 100ms"
      ),
      (
        "sources:\n  a b: { url: \"sqlite:///a\" }",
        "2:3: error: expected the name of a source to be letters"
      ),
      ("sources: crm", "1:10: error: expected `sources` to be a map of names, got `crm`"),
      (
        "watches:\n  w: { source: crm, table: t, key: id }",
        "expected `source` to name a source, got `crm`; none is configured"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: cmr, table: t, key: id }",
        "4:16: error: expected `source` to name a source, got `cmr`; did you mean `crm`?"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, key: id }",
        "expected watch w to have `table:` (a table or view; or `query:` with a SELECT)"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, table: t, query: SELECT 1, key: id }",
        "expected a watch to have `table` or `query`, got both"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, query: DELETE FROM t, key: id }",
        "expected `query` to begin with SELECT or WITH"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, query: SELECT 1; DELETE FROM t, key: id }",
        "got a `;`"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, table: t }",
        "expected watch w to have `key:`"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, table: t, key: [a, a] }",
        "expected each column of `key` once"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, table: t, key: id, changes: cursor }",
        "expected `changes` to be `cursor COLUMN`, `changelog` or `snapshot`, got `cursor`"
      ),
      (
        "sources:\n  crm: { url: \"sqlite:///a\" }\nwatches:\n  w: { source: crm, table: t, key: id, reappearing: yes }",
        "expected `reappearing` to be `insert`"
      ),
      ("customers:\n  watch: w", "expected `watch` to name a watch, got `w`"),
    ])
  func sections(text: String, problem: String) throws {
    let problems = try ConfigurationFolder(["kindly.yaml": text]).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }
}
