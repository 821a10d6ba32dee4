#include "audit/platform.h"
#include "audit/platform_table.h"

static const struct str FEATURE_KEY = STR("target_feature");
static const struct str CRT_STATIC = STR("crt-static");

/* A text of the tables, which may fill its field to the last byte. */
static struct str field(const char *p, size_t max_bytes)
{
	return (struct str){ p, strnlen(p, max_bytes) };
}
#define FIELD(array) field((array), sizeof(array))

struct str platform_host(void)
{
	return STR_LIT(RTAUDIT_HOST_TRIPLE);
}

static const struct platform_row *find_row(struct str triple)
{
	size_t low = 0, high = platform_row_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(FIELD(platform_rows[middle].triple), triple);

		if (order == 0)
			return &platform_rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* More edits than these make another word, not a slip. */
enum { SLIPS_MAX = 4 };

static bool unknown_triple(struct str triple, struct err *err)
{
	struct str_nearest near = { .word = triple, .below = SLIPS_MAX + 1 };

	for (size_t i = 0; i < platform_row_n; i++)
		str_nearest_offer(&near, FIELD(platform_rows[i].triple));
	if (near.name.n > 0)
		return err_set(err, ERR_USAGE,
		               "unknown target '" STR_FMT "'; is '" STR_FMT "' meant?",
		               STR_ARG(triple), STR_ARG(near.name));
	return err_set(err, ERR_USAGE, "unknown target '" STR_FMT "'", STR_ARG(triple));
}

static struct cfg_item item_of(size_t index)
{
	const struct platform_item *item = &platform_items[index];

	return (struct cfg_item){ FIELD(item->key), FIELD(item->value), item->has_value };
}

bool platform_cfg(struct arena *arena, struct str triple, struct cfg_set *out, struct err *err)
{
	const struct platform_row *row = find_row(triple);
	size_t n = 0;

	if (!row)
		return unknown_triple(triple, err);
	while (n < ARRAY_LEN(row->items) && row->items[n] > 0)
		n++;
	*out = (struct cfg_set){ arena_array(arena, n, sizeof *out->p), n, n };
	for (size_t i = 0; i < n; i++)
		out->p[i] = item_of(row->items[i] - 1u);
	return true;
}

static bool same_item(const struct cfg_item *a, const struct cfg_item *b)
{
	return a->has_value == b->has_value && str_eq(a->key, b->key) && str_eq(a->value, b->value);
}

/* The index of an item, or STR_NONE. */
static size_t set_find(const struct cfg_set *set, const struct cfg_item *item)
{
	for (size_t i = 0; i < set->n; i++)
		if (same_item(&set->p[i], item))
			return i;
	return STR_NONE;
}

static void set_put(struct arena *arena, struct cfg_set *set, struct cfg_item item, bool wanted)
{
	size_t at = set_find(set, &item);

	if (wanted && at == STR_NONE)
		*vec_add(arena, set) = item;
	else if (!wanted && at != STR_NONE)
		set->p[at] = set->p[--set->n];
}

/* The value of a key that a set has once; empty where it has none. */
static struct str set_value(const struct cfg_set *set, struct str key)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->p[i].has_value && str_eq(set->p[i].key, key))
			return set->p[i].value;
	return (struct str){ 0 };
}

/* What rustc's options say, read in their order. */
struct flags {
	struct str_list features; /* of all -C target-feature: "+a", "-b" */
	struct str panic;         /* empty: as the target has it */
	bool optimised;
	/* -C debug-assertions; otherwise they follow `optimised` */
	bool has_assertions, assertions;
};

static bool is_yes(struct str value)
{
	static const struct str no[] = { STR("n"), STR("no"), STR("off"), STR("false") };

	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (str_eq(value, no[i]))
			return false;
	return true;
}

static bool option_is(struct str name, const char *wanted)
{
	size_t n = strlen(wanted);

	if (name.n != n)
		return false;
	for (size_t i = 0; i < n; i++) /* rustc takes '_' and '-' for the same */
		if (name.p[i] != wanted[i] && (name.p[i] != '_' || wanted[i] != '-'))
			return false;
	return true;
}

/* The operand of -C, NAME[=VALUE]. */
static void read_codegen(struct arena *arena, struct str option, struct flags *flags)
{
	struct str name, value;
	bool more = str_cut(option, '=', &name, &value);

	if (option_is(name, "panic")) {
		flags->panic = value;
	} else if (option_is(name, "opt-level")) {
		flags->optimised = !str_eq(value, STR_LIT("0"));
	} else if (option_is(name, "debug-assertions")) {
		flags->has_assertions = true;
		flags->assertions = is_yes(value);
	} else if (option_is(name, "target-feature")) {
		while (more) {
			struct str feature;

			more = str_cut(value, ',', &feature, &value);
			*vec_add(arena, &flags->features) = feature;
		}
	}
}

/* The operand of --cfg. Cargo takes no notice of proc_macro, and rustc stops at what is no item. */
static void read_cfg(struct arena *arena, struct str text, struct cfg_set *set)
{
	struct cfg_item item;
	struct err err = { 0 };

	if (!cfg_item_parse(str_trim(text), &item, &err))
		return;
	if (item.has_value || !str_eq(item.key, STR_LIT("proc_macro")))
		set_put(arena, set, item, true);
}

/* Whether `flag` is the option `name`; *operand is what stands in the same argument, behind `glue`.
 */
static bool is_option(struct str flag, struct str name, struct str glue, struct str *operand)
{
	struct str rest = str_sub(flag, name.n, flag.n);

	if (!str_starts(flag, name) || (rest.n > 0 && !str_starts(rest, glue)))
		return false;
	*operand =
		rest.n > 0 ? (struct str){ rest.p + glue.n, rest.n - glue.n } : (struct str){ 0 };
	return true;
}

static void read_flags(struct arena *arena, const struct str_list *list, struct cfg_set *set,
                       struct flags *flags)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str flag = list->p[i], operand = { 0 };
		bool codegen = is_option(flag, STR_LIT("--codegen"), STR_LIT("="), &operand) ||
		               is_option(flag, STR_LIT("-C"), STR_LIT(""), &operand);

		if (!codegen && !is_option(flag, STR_LIT("--cfg"), STR_LIT("="), &operand)) {
			flags->optimised = flags->optimised || str_eq(flag, STR_LIT("-O"));
			continue;
		}
		if (!operand.p && ++i < list->n)
			operand = list->p[i];
		if (codegen)
			read_codegen(arena, operand, flags);
		else
			read_cfg(arena, operand, set);
	}
}

static const struct platform_arch *find_arch(const struct cfg_set *set)
{
	struct str name = set_value(set, STR_LIT("target_arch"));

	for (size_t i = 0; i < platform_arch_n; i++)
		if (str_eq(FIELD(platform_archs[i].name), name))
			return &platform_archs[i];
	return NULL;
}

static bool implies(const struct platform_feature *feature, size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(feature->implies) && feature->implies[i] > 0; i++)
		if (feature->implies[i] == index + 1)
			return true;
	return false;
}

/* As rustc does it: a feature that goes on takes along what it implies, and one that goes off what
 * implies it. Features that rustc keeps unstable never reach the set themselves. */
static void switch_feature(struct arena *arena, struct cfg_set *set,
                           const struct platform_arch *arch, struct str name, bool on)
{
	const struct platform_feature *features = &platform_features[arch->first];
	size_t at = 0;

	while (at < arch->n && !str_eq(FIELD(features[at].name), name))
		at++;
	if (at == arch->n)
		return;
	for (size_t i = 0; i < arch->n; i++) {
		struct cfg_item item = { FEATURE_KEY, FIELD(features[i].name), true };

		if (features[i].stable &&
		    (on ? implies(&features[at], i) : implies(&features[i], at)))
			set_put(arena, set, item, on);
	}
}

/* Whether the targets of such a set heed crt-static at all. */
static bool heeds_crt_static(const struct cfg_set *set)
{
	for (size_t i = 0; i < platform_crt_static_n; i++) {
		size_t same = 0;

		for (size_t j = 0; j < PLATFORM_CRT_KEYS; j++) {
			struct cfg_item item = item_of(platform_crt_static[i][j] - 1u);

			same += set_find(set, &item) != STR_NONE;
		}
		if (same == PLATFORM_CRT_KEYS)
			return true;
	}
	return false;
}

static void apply_features(struct arena *arena, struct cfg_set *set,
                           const struct str_list *features)
{
	const struct platform_arch *arch = find_arch(set);
	bool crt_on = false, crt_off = false;

	for (size_t i = 0; i < features->n; i++) {
		struct str feature = features->p[i], name = str_sub(feature, 1, feature.n);
		bool on = str_starts(feature, STR_LIT("+"));

		if (!on && !str_starts(feature, STR_LIT("-")))
			continue;
		if (str_eq(name, CRT_STATIC)) {
			crt_on = crt_on || on;
			crt_off = crt_off || !on;
		} else if (arch) {
			switch_feature(arena, set, arch, name, on);
		}
	}
	/* Of +crt-static and -crt-static rustc prefers the first, whatever their order. */
	if ((crt_on || crt_off) && heeds_crt_static(set))
		set_put(arena, set, (struct cfg_item){ FEATURE_KEY, CRT_STATIC, true }, crt_on);
}

void platform_apply_rustflags(struct arena *arena, struct cfg_set *set, const struct str_list *list)
{
	struct cfg_item assertions = { .key = STR("debug_assertions") };
	struct flags flags = { 0 };

	read_flags(arena, list, set, &flags);
	apply_features(arena, set, &flags.features);
	if (flags.panic.n > 0) {
		struct cfg_item panic = { STR("panic"), set_value(set, STR_LIT("panic")), true };

		set_put(arena, set, panic, false);
		panic.value = flags.panic;
		set_put(arena, set, panic, true);
	}
	if (flags.has_assertions || flags.optimised)
		set_put(arena, set, assertions, flags.has_assertions && flags.assertions);
}
