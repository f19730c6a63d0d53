package import Foundation
import Glibc

/// A terminal of its own, at which the answers have been typed already.
///
/// A program whose standard input is `input` sees a terminal; what it has not read yet waits in the terminal's buffer, as
/// what a person types ahead does.
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
    try keyboard.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
  }
}
