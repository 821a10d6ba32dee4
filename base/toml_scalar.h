/* base/toml_scalar.h: TOML's values that stand without quotes: numbers, booleans, dates and times.
 *
 * Apart from base/toml because their grammar has nothing to do with that of the document.
 * Source: TOML 1.0.0, sections "Integer" to "Local Time"; seconds may be missing, as in 1.1.0.
 * Threads: pure. Memory: none is allocated here. */
#ifndef RTAUDIT_BASE_TOML_SCALAR_H
#define RTAUDIT_BASE_TOML_SCALAR_H
#include "base/toml.h"

/* Sets kind, text and integer of *out from the whole of `text`. On failure *out is untouched and
 * *reason says why the text is no value, as the end of a sentence that begins with it ("has a
 * leading zero"). */
bool toml_scalar(struct str text, struct toml_token *out, const char **reason);
#endif
