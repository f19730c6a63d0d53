/* libmariadb as the system has it; Debian keeps its headers in a folder of their own. */
#if __has_include(<mysql.h>)
#include <mysql.h>
#else
#include <mariadb/mysql.h>
#endif
