#pragma once

// Opens a regular file for reading, and gives its descriptor. -1 where that fails, with errno set; -2 where the path leads
// to a pipe, a socket, a device or a folder, which is never waited for as open(2) by itself would wait for a pipe's writer.
int kindly_open_regular(const char *path);
