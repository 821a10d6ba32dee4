#include "audit/cargo_config.h"
#include "tests/fuzz/fuzz.h"

static void touch_all(const struct str_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		fuzz_touch(list->p[i]);
}

/* The input is two files: what stands before the first NUL is the nearer one. Every chain of
 * sources ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project_file files[] = { { STR(".cargo/config.toml"), { 0 } },
		                        { STR("/home/x/.cargo/config.toml"), { 0 } } };
	const struct project_file_list list = { files, 2, 2 };
	const struct cfg_set set = { 0 };
	struct cargo_config config = { 0 };
	struct cargo_env env = { 0 };
	const struct config_source *source = NULL;
	struct err err = { 0 };

	str_cut((struct str){ (const char *)data, size }, '\0', &files[0].bytes, &files[1].bytes);
	if (!cargo_config_load(&arena, &list, &config, &err)) {
		assert(fuzz_is_refusal(&err) && config.sources.n == 0);
		return 0;
	}
	for (size_t i = 0; i < config.sources.n; i++) {
		if (cargo_config_replaced(&config, config.sources.p[i].name, &source, &err))
			assert(!source || source->replace_with.n == 0);
		else
			assert(fuzz_is_refusal(&err));
	}
	struct str_list flags = cargo_config_rustflags(&arena, &config, &env, STR_LIT("x"), &set);
	struct str_list targets = cargo_config_targets(&arena, &config, &env);

	touch_all(&flags);
	touch_all(&targets);
	touch_all(&config.notes);
	return 0;
}
