/* tests/unit/sketch.h: a tree for tests in a few lines of text, resolved as a real one is.
 *
 *	"*app 0.1.0 : tokio[rt] !quinn[runtime-smol] dev:criterion\n"
 *	"tokio 1.41.0 rt= net= full=rt,net : ?mio\n"
 *
 * A line is a package: '*' for a local one, '%' for a proc macro, name, version, features (with
 * what they switch on), and behind " : " its dependencies by name, or name@version where several
 * are locked: '?' optional, '!' without default features, "dev:", "build:", and the features asked
 * for. */
#ifndef RTAUDIT_TESTS_UNIT_SKETCH_H
#define RTAUDIT_TESTS_UNIT_SKETCH_H
#include "tests/unit/tree.h"

static inline void sketch_dep(struct buf *lock, struct buf *line, struct str dep, bool first)
{
	bool optional = false, defaults = true;
	const char *kind = "normal";
	struct str name, vers, features = { 0 };
	struct str req = STR_LIT("*");

	if (str_starts(dep, STR_LIT("dev:"))) {
		kind = "dev";
		dep = str_sub(dep, 4, dep.n);
	} else if (str_starts(dep, STR_LIT("build:"))) {
		kind = "build";
		dep = str_sub(dep, 6, dep.n);
	}
	for (; dep.n > 0 && (dep.p[0] == '?' || dep.p[0] == '!'); dep = str_sub(dep, 1, dep.n)) {
		optional = optional || dep.p[0] == '?';
		defaults = defaults && dep.p[0] != '!';
	}
	if (str_cut(dep, '[', &name, &features))
		features.n--;
	buf_printf(lock, " \"" STR_FMT, STR_ARG(name));
	if (str_cut(name, '@', &name, &vers)) {
		lock->n -= vers.n + 1;
		buf_printf(lock, " " STR_FMT, STR_ARG(vers));
		req = vers;
	}
	buf_text(lock, "\",\n");
	buf_printf(line, "%s{\"name\":\"" STR_FMT "\",\"req\":\"%s" STR_FMT "\",\"features\":[",
	           first ? "" : ",", STR_ARG(name), req.p[0] == '*' ? "" : "=", STR_ARG(req));
	for (struct str one; features.n > 0;) {
		bool more = str_cut(features, ',', &one, &features);
		buf_printf(line, "\"" STR_FMT "\"%s", STR_ARG(one), more ? "," : "");
	}
	buf_printf(line,
	           "],\"optional\":%s,\"default_features\":%s,\"target\":null,\"kind\":\"%s\"}",
	           optional ? "true" : "false", defaults ? "true" : "false", kind);
}

static inline void sketch_features(struct buf *line, struct str features)
{
	bool first = true;

	while (features.n > 0) {
		struct str one, values;

		str_cut(features, ' ', &one, &features);
		if (one.n == 0)
			continue;
		str_cut(one, '=', &one, &values);
		buf_printf(line, "%s\"" STR_FMT "\":[", first ? "" : ",", STR_ARG(one));
		first = false;
		while (values.n > 0) {
			bool more = str_cut(values, ',', &one, &values);
			buf_printf(line, "\"" STR_FMT "\"%s", STR_ARG(one), more ? "," : "");
		}
		buf_text(line, "]");
	}
}

static inline void sketch_package(struct buf *lock, struct buf *line, struct str text)
{
	bool local = text.p[0] == '*', mark = local || text.p[0] == '%', first = true;
	struct str name, vers, features, deps, one;
	size_t colon = str_find_str(text, STR_LIT(" :"));

	deps = colon == STR_NONE ? STR_LIT("") : str_trim(str_sub(text, colon + 2, text.n));
	text = str_sub(text, mark, colon == STR_NONE ? text.n : colon);
	str_cut(text, ' ', &name, &text);
	str_cut(text, ' ', &vers, &features);
	buf_printf(lock, "[[package]]\nname = \"" STR_FMT "\"\nversion = \"" STR_FMT "\"\n",
	           STR_ARG(name), STR_ARG(vers));
	if (!local)
		buf_text(lock,
		         "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n");
	buf_printf(line, "{\"name\":\"" STR_FMT "\",\"vers\":\"" STR_FMT "\",\"deps\":[",
	           STR_ARG(name), STR_ARG(vers));
	buf_text(lock, "dependencies = [\n");
	while (deps.n > 0) {
		str_cut(deps, ' ', &one, &deps);
		if (one.n > 0)
			sketch_dep(lock, line, one, first);
		first = false;
	}
	buf_text(lock, "]\n\n");
	buf_text(line, "],\"features\":{");
	sketch_features(line, features);
	buf_text(line,
	         "},\"cksum\":\"0000000000000000000000000000000000000000000000000000000000000000\","
	         "\"yanked\":false}");
}

/* Reads and resolves the tree; its first line is the root, and every local package counts as
 * one. */
static inline void sketch_read(struct tree *tree, const char *text)
{
	struct str rest = str_of(text), line;
	const char *lines[64] = { 0 };
	struct str macros[8] = { { 0 } };
	size_t n = 0, macro_n = 0;
	struct buf lock = buf_make(1 << 20), index = buf_make(1 << 20);
	char root[65] = { 0 };

	buf_text(&lock, "version = 4\n\n");
	while (rest.n > 0) {
		str_cut(rest, '\n', &line, &rest);
		buf_clear(&index);
		sketch_package(&lock, &index, line);
		if (line.p[0] == '%')
			macros[macro_n++] = str_sub(line, 1, str_find(line, ' '));
		lines[n++] = arena_cstr(&tree->arena, buf_str(&index));
		if (n == 1)
			memcpy(root, line.p + 1, str_find(line, ' ') - 1);
	}
	char *lock_text = arena_cstr(&tree->arena, buf_str(&lock));
	buf_free(&lock);
	buf_free(&index);
	tree_read(tree, lock_text, lines, n, root);

	struct resolve_root *roots = arena_array(&tree->arena, tree->lock.n, sizeof *roots);
	uint32_t root_n = 0;
	for (uint32_t p = 0; p < tree->lock.n; p++)
		if (tree->lock.packages[p].source.kind == SOURCE_PATH)
			roots[root_n++] = (struct resolve_root){ .package = p,
				                                 .default_features = true,
				                                 .is_selected = true };
	tree->in.roots = roots;
	tree->in.root_n = root_n;
	for (size_t i = 0; i < macro_n; i++)
		tree->proc_macro[tree_find(tree, arena_cstr(&tree->arena, macros[i]), NULL)] = true;
	tree_resolve(tree);
	for (uint32_t i = 0; i < root_n; i++)
		tree->graph.packages[roots[i].package].is_root = true;
}
#endif
