#include "base/sha256.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

struct sha256 sha256_of(struct str bytes)
{
	struct sha256 hash = { 0 };

	/* It fails only without memory, or where libcrypto was built without SHA-256. */
	if (EVP_Digest(bytes.n > 0 ? bytes.p : "", bytes.n, hash.bytes, NULL, EVP_sha256(), NULL) !=
	    1)
		abort();
	return hash;
}

struct sha256 sha256_hmac(struct str key, struct str message)
{
	struct sha256 mac = { 0 };
	const unsigned char *data = (const unsigned char *)(message.n > 0 ? message.p : "");

	if (key.n > INT32_MAX || !HMAC(EVP_sha256(), key.n > 0 ? key.p : "", (int)key.n, data,
	                               message.n, mac.bytes, NULL))
		abort();
	return mac;
}

struct sha256_hex sha256_to_hex(const struct sha256 *hash)
{
	static const char digits[] = "0123456789abcdef";
	struct sha256_hex hex = { 0 };

	for (size_t i = 0; i < sizeof hash->bytes; i++) {
		hex.text[2 * i] = digits[hash->bytes[i] >> 4];
		hex.text[2 * i + 1] = digits[hash->bytes[i] & 15];
	}
	return hex;
}

/* The value of a hexadecimal digit; 16 for any other byte. */
static unsigned digit_value(char c)
{
	char low = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return low >= 'a' && low <= 'f' ? (unsigned)(low - 'a') + 10 : 16;
}

bool sha256_from_hex(struct str hex, struct sha256 *out)
{
	struct sha256 hash = { 0 };

	if (hex.n != 2 * sizeof hash.bytes)
		return false;
	for (size_t i = 0; i < sizeof hash.bytes; i++) {
		unsigned high = digit_value(hex.p[2 * i]), low = digit_value(hex.p[2 * i + 1]);

		if (high > 15 || low > 15)
			return false;
		hash.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = hash;
	return true;
}

bool sha256_eq(const struct sha256 *a, const struct sha256 *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
