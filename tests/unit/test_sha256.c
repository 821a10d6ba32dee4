#include "base/sha256.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* The examples that NIST publishes beside FIPS 180-4. */
static const struct {
	const char *text, *hex;
} hashes[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void hashes_are_those_of_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		struct sha256 hash = sha256_of(str_of(hashes[i].text)), back = { 0 };
		struct sha256_hex hex = sha256_to_hex(&hash);

		assert_string_equal(hex.text, hashes[i].hex);
		assert_true(sha256_from_hex(str_of(hashes[i].hex), &back));
		assert_true(sha256_eq(&hash, &back));
		back.bytes[31] ^= 1;
		assert_false(sha256_eq(&hash, &back));
	}
}

static const struct {
	const char *hex;
	bool ok;
} digits[] = {
	{ "BA7816BF8F01CFEA414140DE5DAE2223b00361a396177a9cb410ff61f20015ad", true },
	{ "", false },
	{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", false },
	{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0", false },
	{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag", false },
	{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015 d", false },
};

static void only_hexadecimal_digits_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digits); i++) {
		struct sha256 hash = { { 42 } }, abc = sha256_of(STR_LIT("abc"));
		bool ok = sha256_from_hex(str_of(digits[i].hex), &hash);

		if (ok != digits[i].ok)
			fail_msg("%s", digits[i].hex);
		if (ok)
			assert_true(sha256_eq(&hash, &abc));
		else
			assert_int_equal(hash.bytes[0], 42);
	}
}

/* RFC 4231, test case 2, and the empty key and message. */
static void signatures_are_those_of_the_rfc(void **state)
{
	(void)state;
	struct sha256 mac = sha256_hmac(STR_LIT("Jefe"), STR_LIT("what do ya want for nothing?"));
	struct sha256 empty = sha256_hmac((struct str){ 0 }, (struct str){ 0 });

	assert_string_equal(sha256_to_hex(&mac).text,
	                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_string_equal(sha256_to_hex(&empty).text,
	                    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_standard),
		cmocka_unit_test(only_hexadecimal_digits_are_taken),
		cmocka_unit_test(signatures_are_those_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
