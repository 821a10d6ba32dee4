/* The driver of the fuzzers where libFuzzer is missing: fuzz_PARSER CORPUS [RUNS [SEED]].
 *
 * Runs each file of the folder CORPUS as it is, then RUNS mutations of them. The pseudo-random
 * numbers depend on nothing but SEED, so that a failure comes again. The input that kills the
 * process is left in the working folder as crash.bin. */
#include "base/file.h"
#include "tests/fuzz/fuzz.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

enum { RUNS = 20000, FILES_MAX = 10000, INPUT_MAX_BYTES = 1 << 20, GROWTH_MAX_BYTES = 4096 };

/* xorshift64*, by Marsaglia and Vigna. */
static uint64_t state;

static uint64_t random_number(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717u;
}

/* 0 .. n - 1; 0 where n is 0. */
static size_t below(size_t n)
{
	return n == 0 ? 0 : (size_t)(random_number() % n);
}

/* The input that is being run, for the handler of a crash. */
static struct str running;

/* The process is lost; what can be saved of its last input is worth calls that are not safe here.
 */
static void save_input(void)
{
	FILE *file = fopen("crash.bin", "wb");

	if (!file)
		return;
	fwrite(running.p, 1, running.n, file);
	fclose(file);
	fprintf(stderr, "the input is in crash.bin\n");
}

#ifdef __SANITIZE_ADDRESS__
static void catch_crashes(void)
{
	__sanitizer_set_death_callback(save_input);
}
#else
static void on_signal(int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	save_input();
	sigaction(number, &action, NULL);
	raise(number);
}

static void catch_crashes(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGABRT, &action, NULL);
}
#endif

/* Runs the input from a block of exactly its size, so that one byte too far is seen. */
static void run(struct str input)
{
	char *copy = malloc(input.n > 0 ? input.n : 1);

	if (!copy)
		abort();
	if (input.n > 0)
		memcpy(copy, input.p, input.n);
	running = (struct str){ copy, input.n };
	if (LLVMFuzzerTestOneInput((const uint8_t *)copy, input.n) != 0)
		abort();
	running = (struct str){ 0 };
	free(copy);
}

/* Bytes and words that parsers look at. */
static const struct str words[] = {
	STR("\0"),
	STR("\n"),
	STR("\r\n"),
	STR(" "),
	STR("\t"),
	STR("\""),
	STR("'"),
	STR("\"\"\""),
	STR("'''"),
	STR("\\"),
	STR("\\u0000"),
	STR("\\ud800"),
	STR("{"),
	STR("}"),
	STR("["),
	STR("]"),
	STR("[["),
	STR("]]"),
	STR(","),
	STR(":"),
	STR("="),
	STR("."),
	STR("#"),
	STR("-"),
	STR("+"),
	STR("*"),
	STR("^"),
	STR("~"),
	STR(">="),
	STR("("),
	STR(")"),
	STR("/"),
	STR("?"),
	STR("@"),
	STR("0"),
	STR("9"),
	STR("18446744073709551616"),
	STR("9223372036854775807"),
	STR("-1"),
	STR("1e999"),
	STR("null"),
	STR("true"),
	STR("\xff"),
	STR("\xc3\xa9"),
	STR("\xed\xa0\x80"),
	STR("\xe2\x80\xae"),
	STR("../"),
	STR("%s%n"),
	STR("a"),
};

/* Puts `with` in the place of the n bytes at `at`. */
static size_t splice(char *text, size_t size, size_t at, size_t n, struct str with)
{
	memmove(text + at + with.n, text + at + n, size - at - n);
	if (with.n > 0)
		memcpy(text + at, with.p, with.n);
	return size - n + with.n;
}

/* Changes the text of `size` bytes once, taking parts from `other`; it has room for
 * GROWTH_MAX_BYTES more. Returns its new size. */
static size_t mutate(char *text, size_t size, struct str other)
{
	char part[256];
	size_t at = below(size + 1), n = below(size - at + 1);

	if (n > sizeof part)
		n = below(sizeof part);
	switch (below(7)) {
	case 0: /* flips a bit */
		if (at < size)
			text[at] = (char)(text[at] ^ 1 << below(8));
		return size;
	case 1: /* any byte */
		if (at < size)
			text[at] = (char)random_number();
		return size;
	case 2: /* takes out */
		return splice(text, size, at, n, (struct str){ 0 });
	case 3: /* ends too soon */
		return at;
	case 4: /* a word, put in or over */
		n = below(2) * below(n + 1);
		return splice(text, size, at, n, words[below(ARRAY_LEN(words))]);
	case 5: /* doubles a part elsewhere */
		memcpy(part, text + at, n);
		return splice(text, size, below(size + 1), 0, (struct str){ part, n });
	default: /* a part of another input */
		other = str_sub(other, below(other.n), other.n);
		return splice(text, size, at, 0, str_sub(other, 0, below(sizeof part)));
	}
}

static void run_mutations(const struct str *inputs, size_t inputs_n, uint64_t runs)
{
	for (uint64_t i = 0; i < runs; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str input = inputs[below(inputs_n)], other = inputs[below(inputs_n)];
		char *text = arena_alloc(&arena, input.n + GROWTH_MAX_BYTES);
		size_t size = input.n;

		if (size > 0)
			memcpy(text, input.p, size);
		for (size_t n = 1 + below(4); n > 0; n--)
			size = mutate(text, size, other);
		run((struct str){ text, size });
	}
}

static bool read_corpus(struct arena *arena, const char *folder, struct str_list *inputs,
                        struct err *err)
{
	struct str_list names = { 0 };

	if (!file_list(arena, folder, FILES_MAX, &names, err))
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (!file_read(arena, file_join(arena, folder, names.p[i]), INPUT_MAX_BYTES,
		               vec_add(arena, inputs), err))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list inputs = { 0 };
	struct err err = { 0 };
	uint64_t runs = RUNS, seed = 1;

	if (argc < 2 || argc > 4 || (argc > 2 && !str_to_u64(str_of(argv[2]), &runs)) ||
	    (argc > 3 && !str_to_u64(str_of(argv[3]), &seed))) {
		fprintf(stderr, "usage: %s CORPUS [RUNS [SEED]]\n", argv[0]);
		return 2;
	}
	if (!read_corpus(&arena, argv[1], &inputs, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	if (inputs.n == 0) {
		fprintf(stderr, "%s: no input\n", argv[1]);
		return 2;
	}
	catch_crashes();
	state = seed * 0x9e3779b97f4a7c15u | 1;
	for (size_t i = 0; i < inputs.n; i++)
		run(inputs.p[i]);
	run((struct str){ 0 });
	run_mutations(inputs.p, inputs.n, runs);
	printf("%zu inputs and %llu mutations of them\n", inputs.n, (unsigned long long)runs);
	return 0;
}
