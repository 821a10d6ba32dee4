#include "daemon/own_registry.h"
#include "audit/limits.h"
#include "base/file.h"

/* Cargo reads `config` and, where that is not there, `config.toml`; both there: `config`. */
static bool read_cargo_file(struct arena *arena, const char *cargo_home,
                            struct project_file_list *files, struct err *err)
{
	static const char *const names[] = { "config", "config.toml" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = file_join(arena, cargo_home, str_of(names[i]));
		struct str bytes = { 0 };

		if (file_read(arena, path, CARGO_CONFIG_MAX_BYTES, &bytes, err)) {
			*vec_add(arena, files) = (struct project_file){ str_of(path), bytes };
			return true;
		}
		if (err->kind != ERR_ABSENT)
			return false;
		*err = (struct err){ 0 };
	}
	return true;
}

bool own_registry_load(struct arena *arena, const struct config *config, const char *cargo_home,
                       struct cargo_config *out, struct err *err)
{
	struct project_file_list files = { 0 };
	struct cargo_config cargo = { 0 };

	if (cargo_home && !read_cargo_file(arena, cargo_home, &files, err))
		return false;
	if (!cargo_config_load(arena, &files, &cargo, err))
		return false;
	for (size_t i = 0; i < config->registries.n; i++) {
		const struct daemon_registry *own = &config->registries.p[i];
		struct config_registry row = { .name = own->name, .index = own->index };
		size_t at = 0;

		while (at < cargo.registries.n && !str_eq(cargo.registries.p[at].name, own->name))
			at++;
		if (at == cargo.registries.n)
			*vec_add(arena, &cargo.registries) = row;
		else /* the token that cargo knows was meant for another address */
			cargo.registries.p[at] = row;
	}
	*out = cargo;
	return true;
}
