#include "audit/semver.h"
#include "tests/fuzz/fuzz.h"

/* A requirement on the first line, versions on the others. */
enum { VERSIONS_MAX = 8 };

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static bool same(const struct version *a, const struct version *b)
{
	return a->major == b->major && a->minor == b->minor && a->patch == b->patch &&
	       str_eq(a->pre, b->pre) && str_eq(a->build, b->build);
}

/* Equal only to itself, and the same from both sides. */
static void check_pair(const struct version *a, const struct version *b)
{
	int order = sign(semver_cmp(a, b)), precedence = sign(semver_cmp_precedence(a, b));

	assert(order == -sign(semver_cmp(b, a)));
	assert((order == 0) == same(a, b));
	assert(precedence == 0 || precedence == order);
	assert(semver_is_compatible(a, b) == semver_is_compatible(b, a));
}

static void check_order(const struct version *list, size_t n)
{
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++) {
			check_pair(&list[a], &list[b]);
			for (size_t c = 0; c < n; c++)
				assert(semver_cmp(&list[a], &list[b]) > 0 ||
				       semver_cmp(&list[b], &list[c]) > 0 ||
				       semver_cmp(&list[a], &list[c]) <= 0);
		}
}

/* With any operator that includes equality a version satisfies itself. */
static void check_own(struct arena *arena, struct str text, const struct version *version)
{
	static const char *const operators[] = { "", "^", "=", "~", ">=", "<=", " = " };
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		struct str own = arena_printf(arena, "%s" STR_FMT, operators[i], STR_ARG(text));
		struct req req = { 0 };

		assert(semver_req_parse(arena, own, &req, &err));
		assert(req.n == 1 && semver_req_matches(&req, version));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct version list[VERSIONS_MAX];
	struct str rest = { (const char *)data, size }, line;
	struct req req = { 0 };
	struct err err = { 0 };
	size_t n = 0;

	str_cut(rest, '\n', &line, &rest);
	bool has_req = semver_req_parse(&arena, line, &req, &err);

	assert(has_req || (fuzz_is_refusal(&err) && req.n == 0));
	while (rest.n > 0 && n < VERSIONS_MAX) {
		str_cut(rest, '\n', &line, &rest);
		err = (struct err){ 0 };
		if (!semver_parse(line, &list[n], &err)) {
			assert(fuzz_is_refusal(&err));
			continue;
		}
		check_own(&arena, line, &list[n]);
		if (has_req)
			(void)semver_req_matches(&req, &list[n]);
		n++;
	}
	check_order(list, n);
	return 0;
}
