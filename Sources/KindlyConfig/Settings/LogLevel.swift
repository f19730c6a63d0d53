/// From which level on the journal is written.
package enum LogLevel: String, Hashable, Sendable, CaseIterable {
  case debug, info, notice, warning, error
}
