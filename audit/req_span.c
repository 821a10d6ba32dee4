#include "audit/req_span.h"

/* How many bits a number has in a packed version: patches are dates at times. */
enum { MAJOR_BITS = 15, MINOR_BITS = 20, PATCH_BITS = 28 };

/* Whether the numbers fit, so that each may still be one more. */
static bool fits(uint64_t major, uint64_t minor, uint64_t patch)
{
	return major < 1u << MAJOR_BITS && minor < 1u << MINOR_BITS && patch < 1u << PATCH_BITS;
}

static uint64_t pack(uint64_t major, uint64_t minor, uint64_t patch)
{
	return (major << (MINOR_BITS + PATCH_BITS)) + (minor << PATCH_BITS) + patch;
}

uint64_t req_span_pack(const struct version *version)
{
	if (version->pre.n > 0 || !fits(version->major, version->minor, version->patch))
		return REQ_SPAN_NO_VERSION;
	return pack(version->major, version->minor, version->patch);
}

/* The first version behind all that begin with the numbers written. */
static uint64_t behind(const struct comparator *c)
{
	if (!c->has_minor)
		return pack(c->major + 1, 0, 0);
	if (!c->has_patch)
		return pack(c->major, c->minor + 1, 0);
	return pack(c->major, c->minor, c->patch) + 1;
}

/* The first version that ^ no longer takes: behind the first number that is not zero. */
static uint64_t behind_caret(const struct comparator *c)
{
	if (c->major > 0 || !c->has_minor)
		return pack(c->major + 1, 0, 0);
	if (c->minor > 0 || !c->has_patch)
		return pack(0, c->minor + 1, 0);
	return behind(c);
}

static struct req_span span_of(const struct comparator *c)
{
	uint64_t first = pack(c->major, c->has_minor ? c->minor : 0, c->has_patch ? c->patch : 0);

	switch (c->op) {
	case REQ_EXACT:
	case REQ_WILDCARD:
		return (struct req_span){ first, behind(c) };
	case REQ_GREATER:
		return (struct req_span){ behind(c), UINT64_MAX };
	case REQ_GREATER_EQ:
		return (struct req_span){ first, UINT64_MAX };
	case REQ_LESS:
		return (struct req_span){ 0, first };
	case REQ_LESS_EQ:
		return (struct req_span){ 0, behind(c) };
	case REQ_TILDE:
		return (struct req_span){ first, c->has_minor ? pack(c->major, c->minor + 1, 0)
			                                      : behind(c) };
	case REQ_CARET:
		return (struct req_span){ first, behind_caret(c) };
	}
	return (struct req_span){ 0 };
}

/* The range of all comparators together, empty where from >= to; false where it has no such
 * form. */
static bool common_span(const struct req *req, struct req_span *out)
{
	struct req_span all = { 0, UINT64_MAX };

	for (size_t i = 0; !req->any && i < req->n; i++) {
		const struct comparator *c = &req->p[i];

		if (c->pre.n > 0 ||
		    !fits(c->major, c->has_minor ? c->minor : 0, c->has_patch ? c->patch : 0))
			return false;
		struct req_span one = span_of(c);

		all.from = one.from > all.from ? one.from : all.from;
		all.to = one.to < all.to ? one.to : all.to;
	}
	*out = all;
	return true;
}

struct req_span req_span_of(const struct req *req)
{
	struct req_span all;

	/* Nothing fits: rare enough to be left to semver. */
	return common_span(req, &all) && all.from < all.to ? all : (struct req_span){ 0 };
}

bool req_span_is_empty(const struct req *req)
{
	struct req_span all;

	return common_span(req, &all) && all.from >= all.to;
}
