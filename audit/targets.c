#include "audit/targets.h"
#include "audit/limits.h"
#include "audit/platform.h"

static bool make_platform(struct arena *arena, const struct project *project,
                          const struct cargo_config *config, struct str triple, bool with_flags,
                          struct resolve_platform *out, struct err *err)
{
	out->triple = triple;
	if (!platform_cfg(arena, triple, &out->set, err))
		return false;
	if (!with_flags)
		return true;
	/* Flags decide what cfg() is true, and cfg() decides what flags count: cargo asks rustc
	 * twice, first with those that need no cfg(). */
	struct str_list flags = cargo_config_rustflags(arena, config, &project->env, triple, NULL);
	platform_apply_rustflags(arena, &out->set, &flags);
	flags = cargo_config_rustflags(arena, config, &project->env, triple, &out->set);
	if (!platform_cfg(arena, triple, &out->set, err))
		return false;
	platform_apply_rustflags(arena, &out->set, &flags);
	return true;
}

bool targets_choose(struct arena *arena, const struct project *project,
                    const struct cargo_config *config, struct targets *out, struct err *err)
{
	struct str_list wanted = project->options.targets, host = { 0 };

	*vec_add(arena, &host) = platform_host();
	if (wanted.n == 0)
		wanted = cargo_config_targets(arena, config, &project->env);
	bool for_host = wanted.n == 0;
	if (for_host)
		wanted = host;
	if (wanted.n > TARGETS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d targets", TARGETS_MAX);
	out->targets = arena_array(arena, wanted.n, sizeof *out->targets);
	out->n = (uint32_t)wanted.n;
	for (uint32_t i = 0; i < out->n; i++) {
		struct str triple = wanted.p[i];

		if (str_eq(triple, STR_LIT("host-tuple")))
			triple = platform_host();
		if (!make_platform(arena, project, config, triple, true, &out->targets[i], err))
			return false;
	}
	return make_platform(arena, project, config, platform_host(), for_host, &out->host, err);
}
