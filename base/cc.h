/* base/cc.h: the compiler attributes the project relies on, under short names.
 * Source: gcc 12 manual, "Common Function Attributes" and "Common Variable Attributes". */
#ifndef RTAUDIT_BASE_CC_H
#define RTAUDIT_BASE_CC_H

/* Runs f(&variable) when the variable leaves its scope. */
#define CLEANUP(f) __attribute__((cleanup(f)))

/* The result says whether the call worked; a caller that drops it does not compile. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Argument `fmt` is a printf format for the arguments from `first` on. */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Drops a MUST_CHECK result on purpose; the reason stands beside it as a comment. gcc 12 accepts no
 * (void) cast there. */
#define IGNORE(call)                                                                               \
	do {                                                                                       \
		if (call) {                                                                        \
		}                                                                                  \
	} while (0)

#endif
