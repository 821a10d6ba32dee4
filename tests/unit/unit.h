/* tests/unit/unit.h: cmocka, and what it wants included before it, and helpers of the unit
 * tests. */
#ifndef RTAUDIT_TESTS_UNIT_UNIT_H
#define RTAUDIT_TESTS_UNIT_UNIT_H
/* cmocka.h needs these four first, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <string.h>

#endif
