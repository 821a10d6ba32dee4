#include "audit/workspace.h"
#include "tests/fuzz/fuzz.h"

static void check_dep(const struct dependency *dep)
{
	assert(dep->name.n > 0 && dep->package.n > 0);
	assert(dep->from != DEP_FROM_PATH ||
	       (dep->path.p && str_find(dep->path, '\0') == STR_NONE));
	assert(dep->has_platform == (dep->platform_text.p != NULL));
	for (size_t i = 0; i < dep->features.n; i++)
		fuzz_touch(dep->features.p[i]);
	fuzz_touch(dep->req_text);
	fuzz_touch(dep->git);
	fuzz_touch(dep->git_ref);
}

static void check_workspace(const struct workspace *workspace)
{
	for (uint32_t i = 0; i < workspace->n; i++) {
		const struct local_package *package = &workspace->packages[i];

		assert(package->summary.name.n > 0 && package->edition.n > 0);
		assert(!package->is_default_member || package->is_member);
		for (uint32_t k = 0; k < package->summary.dep_n; k++)
			check_dep(&package->summary.deps[k]);
	}
	assert(workspace->resolver >= 1 && workspace->resolver <= 3);
}

/* The input is the root's manifest, that of a folder of it and that of one beside it; what one
 * reading accepts another does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str in = { (const char *)data, size };
	struct project_file files[] = { { STR("Cargo.toml"), in },
		                        { STR("a/Cargo.toml"), in },
		                        { STR("../b/Cargo.toml"), in } };
	const struct project_file_list list = { files, 3, 3 };
	struct manifest manifest = { 0 };
	struct workspace workspace = { 0 };
	struct str_list wants = { 0 };
	struct err err = { 0 };
	bool ok = manifest_parse(&arena, in, STR_LIT(""), STR_LIT("Cargo.toml"), &manifest, &err);

	assert(ok || (fuzz_is_refusal(&err) && !manifest.has_package));
	assert(workspace_wants(&arena, in, STR_LIT(""), STR_LIT("Cargo.toml"), &wants, &err) == ok);
	for (size_t i = 0; i < wants.n; i++)
		assert(str_ends(wants.p[i], STR_LIT("Cargo.toml")));
	if (workspace_load(&arena, &list, &workspace, &err)) {
		assert(ok);
		check_workspace(&workspace);
	} else {
		assert(fuzz_is_refusal(&err));
	}
	assert(workspace_load_checkout(&arena, &list, &workspace, &err));
	check_workspace(&workspace);
	return 0;
}
