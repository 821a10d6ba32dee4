/* tests/unit/tree.h: small resolutions for tests, from the text of a lock and of index lines.
 *
 * Line i of `lines` is the index line of a package of the lock, found by name and version; packages
 * without one have no summary. */
#ifndef RTAUDIT_TESTS_UNIT_TREE_H
#define RTAUDIT_TESTS_UNIT_TREE_H
#include "audit/index_entry.h"
#include "base/buf.h"
#include "audit/lockfile.h"
#include "audit/project.h"
#include "audit/resolve.h"
#include "tests/unit/unit.h"

struct tree {
	struct arena arena;
	struct lockfile lock;
	const struct summary **summaries;
	bool *proc_macro;
	struct link_rules rules;
	struct links links;
	struct graph graph;
	struct resolve_notes notes;
	struct resolve_input in;
	struct resolve_root root;
	struct resolve_platform target;
	unsigned edges; /* set before reading; 0: normal and build */
};

static inline uint32_t tree_find(const struct tree *tree, const char *name, const char *vers)
{
	for (uint32_t i = 0; i < tree->lock.n; i++)
		if (str_eq(tree->lock.packages[i].name, str_of(name)) &&
		    (!vers || str_eq(tree->lock.packages[i].vers, str_of(vers))))
			return i;
	fail_msg("%s %s is not in the lock", name, vers ? vers : "");
	return PACKAGE_NONE;
}

static inline struct cfg_set tree_cfg(struct arena *arena, const char *os)
{
	struct cfg_set set = { 0 };
	struct err err = { 0 };

	*vec_add(arena, &set) = (struct cfg_item){ STR_LIT("target_os"), str_of(os), true };
	if (strcmp(os, "windows") != 0)
		*vec_add(arena, &set) = (struct cfg_item){ .key = STR_LIT("unix") };
	(void)err;
	return set;
}

/* Reads lock and lines, and selects the package `root` with its default features, for Linux. */
static inline void tree_read(struct tree *tree, const char *lock, const char *const *lines,
                             size_t n, const char *root)
{
	struct err err = { 0 };

	if (!lockfile_parse(&tree->arena, str_of(lock), STR_LIT("Cargo.lock"), &tree->lock, &err))
		fail_msg("%s", err.text);
	tree->summaries = arena_array(&tree->arena, tree->lock.n, sizeof *tree->summaries);
	tree->proc_macro = arena_array(&tree->arena, tree->lock.n, sizeof *tree->proc_macro);
	for (size_t i = 0; i < n; i++) {
		struct index_entry *entry = arena_new(&tree->arena, struct index_entry);
		struct summary *summary = arena_new(&tree->arena, struct summary);

		if (!index_entry_parse(&tree->arena, str_of(lines[i]), entry, &err))
			fail_msg("line %zu: %s", i, err.text);
		summary_make(&tree->arena, entry->name, entry->vers, &entry->version, &entry->deps,
		             &entry->features, summary);
		for (uint32_t p = 0; p < tree->lock.n; p++)
			if (str_eq(tree->lock.packages[p].name, entry->name) &&
			    str_eq(tree->lock.packages[p].vers, entry->vers))
				tree->summaries[p] = summary;
	}
	tree->root = (struct resolve_root){ .package = tree_find(tree, root, NULL),
		                            .default_features = true,
		                            .is_selected = true };
	tree->target = (struct resolve_platform){ STR_LIT("x86_64-unknown-linux-gnu"),
		                                  tree_cfg(&tree->arena, "linux") };
	tree->in = (struct resolve_input){ .lock = &tree->lock,
		                           .summaries = tree->summaries,
		                           .proc_macro = tree->proc_macro,
		                           .links = &tree->links,
		                           .roots = &tree->root,
		                           .root_n = 1,
		                           .resolver = 2,
		                           .edges = tree->edges ? tree->edges
		                                                : EDGE_NORMAL | EDGE_BUILD,
		                           .targets = &tree->target,
		                           .target_n = 1,
		                           .host = tree->target };
}

static inline void tree_resolve(struct tree *tree)
{
	tree->graph = (struct graph){ .lock = &tree->lock, .package_n = tree->lock.n };
	tree->graph.packages =
		arena_array(&tree->arena, tree->lock.n, sizeof *tree->graph.packages);
	for (uint32_t i = 0; i < tree->lock.n; i++)
		tree->graph.packages[i] = (struct graph_package){
			.summary = tree->summaries[i],
			.is_local = tree->lock.packages[i].source.kind == SOURCE_PATH,
			.is_member = tree->lock.packages[i].source.kind == SOURCE_PATH,
			.is_root = i == tree->root.package,
			.proc_macro = tree->proc_macro[i],
		};
	links_make(&tree->arena, &tree->lock, tree->summaries, &tree->rules, &tree->links);
	resolve(&tree->arena, &tree->in, &tree->graph, &tree->notes);
}

/* "a,b" for the features of a built node, "" for none, "-" where it is not built. */
static inline const char *tree_features(struct tree *tree, const char *name, enum side side)
{
	uint32_t package = tree_find(tree, name, NULL);
	const struct graph_node *node = &tree->graph.nodes[node_of(package, side)];
	struct str text = STR_LIT("");

	if (!node->built)
		return "-";
	for (uint32_t i = 0; i < node->feature_n; i++)
		text = arena_printf(
			&tree->arena, STR_FMT "%s" STR_FMT, STR_ARG(text), i == 0 ? "" : ",",
			STR_ARG(tree->summaries[package]->features[node->features[i]].name));
	return arena_cstr(&tree->arena, text);
}

static inline void tree_free(struct tree *tree)
{
	arena_free(&tree->arena);
	*tree = (struct tree){ 0 };
}

#endif
