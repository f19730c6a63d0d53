#include "CSQLite.h"

#include <malloc.h>
#include <sqlite3.h>

void kindly_sqlite_without_memory_statistics(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void kindly_give_back_freed_memory(void) { malloc_trim(0); }
