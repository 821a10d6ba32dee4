/* base/sha256.h: SHA-256 and its HMAC over libcrypto.
 * Source: FIPS 180-4; RFC 2104. Threads: any. */
#ifndef RTAUDIT_BASE_SHA256_H
#define RTAUDIT_BASE_SHA256_H
#include "base/str.h"

struct sha256 {
	uint8_t bytes[32];
};

struct sha256 sha256_of(struct str bytes);
/* HMAC-SHA-256, which signs a message with a secret. The key comes from a configuration: above 2
 * GiB it aborts. */
struct sha256 sha256_hmac(struct str key, struct str message);
/* 64 lower-case hexadecimal digits and a NUL. */
struct sha256_hex {
	char text[65];
};
struct sha256_hex sha256_to_hex(const struct sha256 *hash);
/* From 64 hexadecimal digits of either case; false for anything else. */
bool sha256_from_hex(struct str hex, struct sha256 *out);
bool sha256_eq(const struct sha256 *a, const struct sha256 *b);
#endif
