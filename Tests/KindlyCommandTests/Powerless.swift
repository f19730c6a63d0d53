import Foundation
import Glibc

/// How tests that run as root, as those of CI do, become someone for whom permissions hold.
///
/// Root keeps its name and loses its capabilities: files are then refused to it as to anyone else. Another user would
/// do as well, but might not reach the folder that the binary was built in.
enum Powerless {
  /// What goes before the command; nothing where the tests run as an ordinary user.
  static var prefix: [String] {
    geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
  }
}

extension Process {
  /// Sets what is run: the binary of this build, with its own rights or with those of an ordinary user.
  ///
  /// - Parameter through: a command that prepares something and then becomes the one given to it.
  func setKindly(
    _ arguments: [String], powerless: Bool = false, through: [String] = [],
    binary: String = KindlyBinary.path
  ) {
    let command = through + (powerless ? Powerless.prefix : []) + [binary] + arguments
    executableURL = URL(fileURLWithPath: command[0])
    self.arguments = Array(command.dropFirst())
  }
}
