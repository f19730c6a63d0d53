#pragma once
// The call sites of the log are Swift's: the macros that would add the C file and line stay out.
#define SD_JOURNAL_SUPPRESS_LOCATION 1
// What the kernel says of its clock; Swift's own module of the C library leaves it out.
#include <sys/timex.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
