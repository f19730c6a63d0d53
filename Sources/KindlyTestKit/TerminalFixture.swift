package import Foundation
import Glibc

/// A terminal at which a test types, before it is asked or later.
///
/// A program whose standard input is `input` sees a terminal. Input that it has not read yet waits in the terminal's
/// buffer, like keys that a person types ahead.
package final class TerminalFixture {
  package let input: FileHandle
  private let keyboard: FileHandle

  package init(typing lines: [String]) throws {
    var (ours, theirs): (Int32, Int32) = (0, 0)
    guard openpty(&ours, &theirs, nil, nil, nil) == 0 else {
      throw FixtureFault("no terminal: \(String(cString: strerror(errno)))")
    }
    keyboard = FileHandle(fileDescriptor: ours, closeOnDealloc: true)
    input = FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
    for line in lines { try type(line) }
  }

  /// Types a line and presses Enter.
  package func type(_ line: String) throws {
    try keyboard.write(contentsOf: Data((line + "\n").utf8))
  }
}
