#include "audit/selection.h"
#include "base/buf.h"
#include "tests/unit/fixture.h"
#include "tests/unit/unit.h"

/* A root package `app` with the member `lib`; both have the feature "x", lib alone "y". */
static const char root_manifest[] = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n"
				    "[workspace]\nmembers = [\"lib\"]\nresolver = \"%s\"\n"
				    "[features]\nx = []\n[dependencies]\nlib = { path = \"lib\" }\n"
				    "opt = { version = \"1\", optional = true }\n";
static const char lib_manifest[] =
	"[package]\nname = \"lib\"\nversion = \"1.0.0\"\n[features]\nx = []\ny = []\n";
static const char lock_text[] = "version = 4\n" PACKAGE("app", "dependencies = [\"lib\", \"opt\"]")
	PACKAGE("lib", "") PACKAGE("opt", REGISTRY);

struct scene {
	const char *what, *resolver, *features, *package, *exclude;
	bool no_default;
	const char *expected; /* "package[features]flags …", or the error */
};

static const struct scene scenes[] = {
	{ "all members", "2", NULL, NULL, NULL, false, "app[]ds lib[]ds" },
	{ "resolver 2 gives each member what it has", "2", "x", NULL, NULL, false,
	  "app[x]ds lib[x]ds" },
	{ "resolver 1 gives the root package alone", "1", "x", NULL, NULL, false,
	  "app[x]ds lib[]ds" },
	{ "resolver 1 keeps defaults of other members", "1", NULL, NULL, NULL, true,
	  "app[]s lib[]ds" },
	{ "resolver 2 drops them", "2", NULL, NULL, NULL, true, "app[]s lib[]s" },
	{ "member/feature goes to the member", "2", "lib/y", "lib", NULL, false, "lib[y]ds" },
	{ "and to a dependency", "2", "lib/y", "app", NULL, false, "app[lib/y]ds" },
	{ "resolver 1 gives member/feature to the member", "1", "lib/y", NULL, NULL, false,
	  "app[]ds lib[y]ds" },
	{ "also where it is written weak", "1", "lib?/y", NULL, NULL, false, "app[]ds lib[y]ds" },
	{ "resolver 1 takes the root package's features even with -p lib", "1", NULL, "lib", NULL,
	  false, "app[]d lib[]ds" },
	{ "an optional dependency is a feature", "2", "opt", NULL, NULL, false,
	  "app[opt]ds lib[]ds" },
	{ "-p with a version", "2", NULL, "lib@1.0.0", NULL, false, "lib[]ds" },
	{ "-p with a part of a version", "2", NULL, "lib@1", NULL, false, "lib[]ds" },
	{ "--exclude", "2", NULL, NULL, "app", false, "lib[]ds" },
	{ "-p of a package that is no member", "2", NULL, "opt", NULL, false, "app[]d lib[]d opt" },
	{ "resolver 1 walks only the root package for it", "1", NULL, "opt", NULL, false,
	  "app[]d opt" },
	{ "and gives that package the features", "1", "x", "opt", NULL, false, "app[x]d opt" },
	{ "which resolver 2 refuses", "2", "x", "opt", NULL, false,
	  "features cannot be chosen for packages outside the workspace" },
	{ "an unknown member", "2", NULL, "libb", NULL, false,
	  "no package 'libb' in the workspace; did you mean 'lib'?" },
	{ "an unknown feature", "2", "yy", NULL, NULL, false,
	  "no selected package has the feature 'yy'; did you mean 'y'?" },
	{ "an unknown feature of a member", "2", "app/xx", NULL, NULL, false,
	  "no selected package has the feature 'app/xx'; did you mean 'app/x'?" },
	{ "a feature of no member", "2", "nope/x", NULL, NULL, false,
	  "no selected package has the feature 'nope/x'" },
	{ "an unknown exclusion, as cargo, with a note", "2", NULL, NULL, "nope", false,
	  "app[]ds lib[]ds excluded package 'nope' is not in the workspace" },
	{ "-p with a pattern", "2", NULL, "l?b*", NULL, false, "lib[]ds" },
	{ "a pattern of no member", "2", NULL, "zz*", NULL, false,
	  "no package 'zz*' in the workspace; did you mean 'app'?" },
	{ "--exclude with a pattern", "2", NULL, NULL, "a*", false, "lib[]ds" },
	{ "-p with a URL and a version", "2", NULL, "file:///x/lib#1.0", NULL, false, "lib[]ds" },
	{ "-p with a URL and a name", "2", NULL, "path+file:///x/y#lib@1", NULL, false, "lib[]ds" },
};

static void describe(struct arena *arena, const struct selection *selection,
                     const struct lockfile *lock, struct buf *out)
{
	(void)arena;
	for (size_t i = 0; i < selection->roots.n; i++) {
		const struct resolve_root *root = &selection->roots.p[i];

		buf_text(out, out->n > 0 ? " " : "");
		buf_put(out, lock->packages[root->package].name);
		buf_byte(out, '[');
		for (size_t f = 0; f < root->features.n; f++)
			buf_put(out, root->features.p[f]);
		buf_byte(out, ']');
		buf_text(out, root->default_features ? "d" : "");
		buf_text(out, root->is_selected ? "s" : "");
	}
	for (size_t i = 0; i < selection->others.n; i++) {
		buf_byte(out, ' ');
		buf_put(out, lock->packages[selection->others.p[i]].name);
	}
	for (size_t i = 0; i < selection->notes.n; i++) {
		buf_byte(out, ' ');
		buf_put(out, selection->notes.p[i]);
	}
}

static void run(const struct scene *scene)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf got = buf_make(1 << 16);
	struct project_file_list files = { 0 };
	struct project_options options = { .no_default_features = scene->no_default };
	struct workspace workspace = { 0 };
	struct lockfile lock = { 0 };
	struct selection selection = { 0 };
	struct err err = { 0 };
	struct str root = arena_printf(&arena, root_manifest, scene->resolver);

	*vec_add(&arena, &files) = (struct project_file){ STR_LIT("Cargo.toml"), root };
	*vec_add(&arena, &files) =
		(struct project_file){ STR_LIT("lib/Cargo.toml"), str_of(lib_manifest) };
	if (scene->features)
		*vec_add(&arena, &options.features) = str_of(scene->features);
	if (scene->package)
		*vec_add(&arena, &options.packages) = str_of(scene->package);
	if (scene->exclude)
		*vec_add(&arena, &options.exclude) = str_of(scene->exclude);
	if (!workspace_load(&arena, &files, &workspace, &err) ||
	    !lockfile_parse(&arena, str_of(lock_text), STR_LIT("Cargo.lock"), &lock, &err))
		fail_msg("%s: %s", scene->what, err.text);
	uint32_t *package_of = arena_array(&arena, workspace.n, sizeof *package_of);
	for (uint32_t i = 0; i < workspace.n; i++)
		package_of[i] = str_eq(workspace.packages[i].summary.name, STR_LIT("app")) ? 0 : 1;
	if (selection_make(&arena, &workspace, package_of, &lock, &options, &selection, &err))
		describe(&arena, &selection, &lock, &got);
	else
		buf_text(&got, err.text);
	if (!str_eq(buf_str(&got), str_of(scene->expected)))
		fail_msg("%s: got '" STR_FMT "', wanted '%s'", scene->what, STR_ARG(buf_str(&got)),
		         scene->expected);
}

static void members_and_features_are_chosen_as_by_cargo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		run(&scenes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_features_are_chosen_as_by_cargo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
