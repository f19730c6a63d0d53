#pragma once
// The call sites of the log are Swift's: the macros that would add the C file and line stay out.
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
