#define _GNU_SOURCE

#include "CSQLite.h"

#include <fcntl.h>
#include <sys/stat.h>

int64_t kindly_birth_time(const char *path) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0) return -1;
  if (!(status.stx_mask & STATX_BTIME)) return -1;
  return (int64_t)status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec;
}
