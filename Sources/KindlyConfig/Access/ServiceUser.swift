package import Glibc

/// The user that the service runs as, with the groups that this user is in.
package struct ServiceUser: Hashable, Sendable {
  package let name: String
  package let id: UInt32
  package let groups: [UInt32]

  /// The name that the package's sysusers.d file gives to it.
  package static let standardName = "kindly"
  /// Below this and above 0 are the users of services (login.defs, SYS_UID_MAX).
  private static let firstPerson: uid_t = 1000
  private static let mostGroups = 256

  package init(name: String, id: UInt32, groups: [UInt32]) {
    self.name = name
    self.id = id
    self.groups = groups
  }

  /// This process's own user where it runs as a service, else the user kindly; nil where there is none.
  package static var present: ServiceUser? {
    let own = geteuid()
    let entry = own > 0 && own < firstPerson ? getpwuid(own) : getpwnam(standardName)
    guard let entry else { return nil }
    var groups = [gid_t](repeating: 0, count: mostGroups)
    var count = Int32(mostGroups)
    if getgrouplist(entry.pointee.pw_name, entry.pointee.pw_gid, &groups, &count) < 0 {
      (groups, count) = ([entry.pointee.pw_gid], 1)
    }
    return ServiceUser(
      name: String(cString: entry.pointee.pw_name), id: entry.pointee.pw_uid,
      groups: Array(groups.prefix(Int(count))))
  }

  /// Whether this user has a right on a file: of its owner, else of its group, else of everybody (path_resolution(7)).
  ///
  /// - Parameter right: `R_OK`, `W_OK`, `X_OK`, or several of them.
  package func has(_ right: UInt32, on status: stat) -> Bool {
    let shift: UInt32 = status.st_uid == id ? 6 : groups.contains(status.st_gid) ? 3 : 0
    return status.st_mode >> shift & right == right
  }

  /// Whether this user can write a file or folder, or give itself the right to.
  func canWrite(_ status: stat) -> Bool {
    if status.st_uid == id { return true }
    if groups.contains(status.st_gid) { return status.st_mode & S_IWGRP != 0 }
    return status.st_mode & S_IWOTH != 0
  }
}
