/* tests/unit/judged.h: a sketched tree with verdicts and a result around it, for finders of
 * findings. */
#ifndef RTAUDIT_TESTS_UNIT_JUDGED_H
#define RTAUDIT_TESTS_UNIT_JUDGED_H
#include "audit/reach.h"
#include "audit/rule.h"
#include "audit/runtime.h"
#include "tests/unit/sketch.h"

struct judged {
	struct tree tree;
	const struct knowledge *knowledge;
	const struct policy *policy;
	struct runtime_verdict *verdicts;
	struct facts facts;
	struct audit_result result;
	struct finding_list findings;
};

/* The moment of all tests: 2026-01-01. */
enum { JUDGED_AT = 1767225600 };

static inline void judge(struct judged *judged, const char *tree, const char *policy)
{
	struct arena *arena = &judged->tree.arena;
	struct err err = { 0 };

	if (!knowledge_load(arena, &judged->knowledge, &err) ||
	    !policy_load(arena, judged->knowledge, STR_LIT("rtaudit.toml"), str_of(policy),
	                 STR_LIT(""), STR_LIT(""), &judged->policy, &err))
		fail_msg("%s", err.text);
	sketch_read(&judged->tree, tree);
	uint32_t n = judged->tree.lock.n;
	judged->verdicts = runtime_classify(arena, &judged->tree.graph, judged->knowledge);
	judged->facts = (struct facts){ .at = JUDGED_AT, .now = JUDGED_AT, .n = n };
	judged->facts.packages = arena_array(arena, n, sizeof *judged->facts.packages);
	for (uint32_t p = 0; p < n; p++)
		judged->facts.packages[p].summary = judged->tree.summaries[p];
	judged->result = (struct audit_result){ .at = JUDGED_AT,
		                                .facts = &judged->facts,
		                                .graph = &judged->tree.graph };
	judged->result.packages = arena_array(arena, n, sizeof *judged->result.packages);
	*vec_add(arena, &judged->result.targets) = STR_LIT("x86_64-unknown-linux-gnu");
	reach_fill(arena, &judged->tree.graph, judged->result.packages);
	for (uint32_t p = 0; p < n; p++) {
		uint32_t node = node_of(p, SIDE_TARGET);

		if (!judged->tree.graph.nodes[node].built)
			node = node_of(p, SIDE_HOST);
		if (judged->tree.graph.nodes[node].built)
			judged->result.packages[p].runtime = &judged->verdicts[node];
	}
}

static inline void judged_free(struct judged *judged)
{
	tree_free(&judged->tree);
}

/* How many findings of a rule are about a package. */
static inline size_t judged_count(const struct judged *judged, const char *rule,
                                  const char *package)
{
	size_t n = 0;

	for (size_t i = 0; i < judged->findings.n; i++)
		n += str_eq(judged->findings.p[i].rule, str_of(rule)) &&
		     str_eq(judged->tree.lock.packages[judged->findings.p[i].package].name,
		            str_of(package));
	return n;
}

/* The only finding of a rule about a package; fails where there is none. */
__attribute__((returns_nonnull)) static inline const struct finding *
judged_finding(const struct judged *judged, const char *rule, const char *package)
{
	static const struct finding none;
	const struct finding *found = &none;

	for (size_t i = 0; i < judged->findings.n; i++) {
		const struct finding *one = &judged->findings.p[i];

		if (!str_eq(one->rule, str_of(rule)) ||
		    !str_eq(judged->tree.lock.packages[one->package].name, str_of(package)))
			continue;
		if (found != &none)
			fail_msg("%s stands twice for %s", rule, package);
		found = one;
	}
	if (found == &none)
		fail_msg("no %s for %s", rule, package);
	return found;
}

/* "app a tokio" of a path. */
static inline const char *judged_path(struct judged *judged, const struct node_path *path)
{
	struct str text = STR_LIT("");

	for (uint32_t i = 0; i < path->n; i++)
		text = arena_printf(
			&judged->tree.arena, STR_FMT "%s" STR_FMT, STR_ARG(text), i == 0 ? "" : " ",
			STR_ARG(judged->tree.lock.packages[node_package(path->nodes[i])].name));
	return arena_cstr(&judged->tree.arena, text);
}
#endif
