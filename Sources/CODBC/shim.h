/* unixODBC as the system has it; its SQLWCHAR is a UTF-16 code unit. */
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
