#include "CFiles.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int kindly_open_regular(const char *path) {
  struct stat status;
  // Asked first, because opening a device may already do something to it.
  if (stat(path, &status) != 0) return -1;
  if (!S_ISREG(status.st_mode)) return -2;
  // Between the two calls the file may have been replaced by a pipe.
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
  close(descriptor);
  return -2;
}
