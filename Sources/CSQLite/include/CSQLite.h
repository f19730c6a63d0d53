#pragma once

#include <stdint.h>

// Takes the counting of every allocation, and the lock around it, out of SQLite. Only before the first connection of the
// process; later it changes nothing. Nothing asks for the counts. (sqlite3_config is variadic: not for Swift.)
void kindly_sqlite_without_memory_statistics(void);

// Gives what SQLite and others have freed back to the system. The C library by itself gives only the heap's end back, and
// what was freed lies between what is in use. (Swift's own module of the C library leaves malloc_trim out.)
void kindly_give_back_freed_memory(void);

// The nanosecond in which a file was made, counted from 1970; -1 where its file system does not record it. Nobody can set
// it, so a copy always has another one. (Swift's own module of the C library leaves statx(2) out.)
int64_t kindly_birth_time(const char *path);
