#pragma once

// Takes the counting of every allocation, and the lock around it, out of SQLite. Only before the first connection of the
// process; later it changes nothing. Nothing asks for the counts. (sqlite3_config is variadic: not for Swift.)
void kindly_sqlite_without_memory_statistics(void);

// Gives what SQLite and others have freed back to the system. The C library by itself gives only the heap's end back, and
// what was freed lies between what is in use. (Swift's own module of the C library leaves malloc_trim out.)
void kindly_give_back_freed_memory(void);
