/* tests/unit/index_lines.h: a few index lines that show what index lines can say, and help to read
 * them. */
#ifndef RTAUDIT_TESTS_UNIT_INDEX_LINES_H
#define RTAUDIT_TESTS_UNIT_INDEX_LINES_H
#include "audit/index_entry.h"
#include "tests/unit/unit.h"

#define CKSUM_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CKSUM_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DEP(name, req)                                                                             \
	"{\"name\":\"" name "\",\"req\":\"" req "\",\"features\":[],\"optional\":false,"           \
	"\"default_features\":true,\"target\":null,\"kind\":\"normal\"}"
#define LINE(vers, deps, rest)                                                                     \
	"{\"name\":\"demo\",\"vers\":\"" vers "\",\"deps\":[" deps "],\"cksum\":\"" CKSUM_A        \
	"\"," rest "}\n"

/* Old and new forms, in the order of publishing. */
static const char DEMO_LINES[] = LINE(
	"0.1.0", "", "\"features\":{},\"yanked\":false,\"pubtime\":\"2015-01-01T00:00:00Z\"")
	LINE("0.2.0", DEP("libc", "*"),
             "\"features\":{\"a\":[],\"default\":[\"a\"]},\"yanked\":true,"
             "\"pubtime\":\"2015-03-01T00:00:00Z\"") "{\"name\":\"demo\",\"vers\":\"0.2.1\","
						     "\"deps\":[{\"name\":\"core\",\"package\":"
						     "\"libc\",\"req\":\"^0.2\","
						     "\"features\":[\"std\",\"align\"],"
						     "\"optional\":true,\"default_features\":false,"
						     "\"target\":"
						     "\"cfg(all(unix, not(target_os = "
						     "\\\"macos\\\")))\",\"kind\":\"build\","
						     "\"registry\":"
						     "\"https://example.com/index\"}," DEP(
							     "serde",
							     "^1.0.1") "],\"cksum\":\"" CKSUM_B
								       "\",\"features\":"
								       "{\"a\":[],\"default\":["
								       "\"a\"]},\"features2\":{"
								       "\"b\":[\"dep:core\",\"core?"
								       "/std\"]},\"yanked\":false,"
								       "\"links\":\"demo\",\"rust_"
								       "version\":\"1.60\","
								       "\"pubtime\":\"2015-02-"
								       "01T00:00:00Z\",\"v\":2}"
								       "\n" LINE(
									       "1.0.0-rc.1+build.7",
									       DEP("serde",
                                                                                   "^1.0."
                                                                                   "2") "," DEP("li"
                                                                                                "b"
                                                                                                "c",
                                                                                                "*"),
									       "\"features\":{"
									       "\"a\":[]},"
									       "\"yanked\":false")
									       LINE("1.0.0",
                                                                                    DEP("serde",
                                                                                        "^"
                                                                                        "1"
                                                                                        "."
                                                                                        "0"
                                                                                        "."
                                                                                        "2") "," DEP("libc",
                                                                                                     "*"),
                                                                                    "\"features\":{"
                                                                                    "\"a\":[]},"
                                                                                    "\"yanked\":"
                                                                                    "false,"
                                                                                    "\"links\":"
                                                                                    "\"demo\","
                                                                                    "\"pubtime\":"
                                                                                    "\"2017-05-"
                                                                                    "01T00:00:"
                                                                                    "00Z\"")
										       LINE("184467"
                                                                                            "440737"
                                                                                            "095516"
                                                                                            "15.0."
                                                                                            "1",
                                                                                            DEP("li"
                                                                                                "b"
                                                                                                "c",
                                                                                                "*") "," DEP("libc",
                                                                                                             "*"),
                                                                                            "\"feat"
                                                                                            "ures\""
                                                                                            ":{},"
                                                                                            "\"yank"
                                                                                            "ed\":"
                                                                                            "true,"
                                                                                            "\"pubt"
                                                                                            "ime\":"
                                                                                            "\"2018"
                                                                                            "-05-"
                                                                                            "01T00:"
                                                                                            "00:"
                                                                                            "00Z"
                                                                                            "\"");

struct entry_list VEC_OF(struct index_entry);

/* Parses lines; the test fails where one is refused. */
static inline struct entry_list entries_of(struct arena *arena, struct str lines)
{
	struct entry_list list = { 0 };
	struct str line = { 0 };
	struct err err = { 0 };

	while (lines.n > 0) {
		str_cut(lines, '\n', &line, &lines);
		if (line.n > 0 && !index_entry_parse(arena, line, vec_add(arena, &list), &err))
			fail_msg("%s", err.text);
	}
	return list;
}

static inline bool same_texts(const struct str_list *a, const struct str_list *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->p[i], b->p[i]);
	return same;
}

static inline bool same_dep(const struct dependency *a, const struct dependency *b)
{
	return str_eq(a->name, b->name) && str_eq(a->package, b->package) &&
	       str_eq(a->req_text, b->req_text) && a->req.n == b->req.n &&
	       same_texts(&a->features, &b->features) && a->optional == b->optional &&
	       a->default_features == b->default_features && a->kind == b->kind &&
	       a->has_platform == b->has_platform && str_eq(a->platform_text, b->platform_text) &&
	       str_eq(a->platform.triple, b->platform.triple) &&
	       !a->platform.expr == !b->platform.expr && a->from == b->from &&
	       str_eq(a->registry, b->registry);
}

/* What differs between two entries but for the crate's name, or NULL. */
static inline const char *entry_difference(const struct index_entry *a, const struct index_entry *b)
{
	if (!str_eq(a->vers, b->vers) || semver_cmp(&a->version, &b->version) != 0 ||
	    !str_eq(a->version.pre, b->version.pre) || !str_eq(a->version.build, b->version.build))
		return "version";
	if (a->yanked != b->yanked || a->published_at != b->published_at || a->v != b->v)
		return "yanked, pubtime or v";
	if (a->has_cksum != b->has_cksum || !sha256_eq(&a->cksum, &b->cksum))
		return "checksum";
	if (!str_eq(a->links, b->links) || !str_eq(a->rust_version, b->rust_version))
		return "links or rust_version";
	if (a->deps.n != b->deps.n || a->features.n != b->features.n)
		return "number of dependencies or features";
	for (size_t i = 0; i < a->deps.n; i++)
		if (!same_dep(&a->deps.p[i], &b->deps.p[i]))
			return "a dependency";
	for (size_t i = 0; i < a->features.n; i++)
		if (!str_eq(a->features.p[i].name, b->features.p[i].name) ||
		    !same_texts(&a->features.p[i].values, &b->features.p[i].values))
			return "a feature";
	return NULL;
}

#endif
