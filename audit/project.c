#include "audit/project.h"
#include "audit/limits.h"
#include "base/parcel.h"
#include "base/when.h"

struct reader {
	struct arena *arena;
	struct project *out;
	struct map checkout_at; /* a source, as index in out->checkouts */
	unsigned seen;          /* bit of each kind that may stand once */
};

static bool refuse(const char *what, struct str name, struct err *err)
{
	return err_set(err, ERR_USAGE, "%s '" STR_FMT "'", what, STR_ARG(str_sub(name, 0, 100)));
}

static bool add_file(struct reader *r, struct project_file_list *list, size_t max, struct str path,
                     struct str bytes, struct err *err)
{
	if (list->n >= max)
		return err_set(err, ERR_LIMIT, "more than %zu files of one kind in a request", max);
	*vec_add(r->arena, list) = (struct project_file){ path, bytes };
	return true;
}

static bool take_manifest(struct reader *r, const struct parcel_part *part, struct err *err)
{
	return add_file(r, &r->out->files, WORKSPACE_MEMBERS_MAX, part->name, part->value, err);
}

static bool take_config(struct reader *r, const struct parcel_part *part, struct err *err)
{
	return add_file(r, &r->out->configs, CARGO_CONFIG_FILES_MAX, part->name, part->value, err);
}

/* The name holds the source and the path, with a newline between. */
static bool take_git_manifest(struct reader *r, const struct parcel_part *part, struct err *err)
{
	struct str source, path;
	bool added = false;

	if (!str_cut(part->name, '\n', &source, &path) || source.n == 0)
		return refuse("a git-manifest without source and path:", part->name, err);
	uint32_t at =
		*map_slot(&r->checkout_at, r->arena, source, (uint32_t)r->out->checkouts.n, &added);

	if (added && r->out->checkouts.n == LOCK_PACKAGES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d git sources in a request",
		               LOCK_PACKAGES_MAX);
	if (added)
		vec_add(r->arena, &r->out->checkouts)->source = source;
	return add_file(r, &r->out->checkouts.p[at].files, GIT_MANIFESTS_MAX, path, part->value,
	                err);
}

/* CARGO_TARGET_x_RUSTFLAGS: whether it is one, and x. */
static bool is_target_flags(struct str name, struct str *platform)
{
	const struct str head = STR("CARGO_TARGET_"), tail = STR("_RUSTFLAGS");

	if (name.n <= head.n + tail.n || !str_starts(name, head) || !str_ends(name, tail))
		return false;
	*platform = str_sub(name, head.n, name.n - tail.n);
	return true;
}

static bool take_env(struct reader *r, const struct parcel_part *part, struct err *err)
{
	struct cargo_env *env = &r->out->env;
	struct {
		struct str name;
		struct str *to;
	} names[] = {
		{ STR("CARGO_ENCODED_RUSTFLAGS"), &env->encoded_rustflags },
		{ STR("RUSTFLAGS"), &env->rustflags },
		{ STR("CARGO_BUILD_RUSTFLAGS"), &env->build_rustflags },
		{ STR("CARGO_BUILD_TARGET"), &env->build_target },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_eq(part->name, names[i].name))
			continue;
		*names[i].to =
			part->value.p ? part->value : STR_LIT(""); /* set, if only to nothing */
		return true;
	}
	struct str platform = { 0 };
	if (is_target_flags(part->name, &platform))
		return add_file(r, &env->target_rustflags, OPTION_VALUES_MAX, platform, part->value,
		                err);
	return refuse("unknown environment variable", part->name, err);
}

/* The elements of a value, split at commas and, where `blanks`, at blanks too. */
static bool add_words(struct reader *r, const struct parcel_part *part, bool blanks,
                      struct str_list *list, struct err *err)
{
	struct str text = part->value;
	size_t begin = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != ',' &&
		    !(blanks && str_trim(str_sub(text, i, i + 1)).n == 0))
			continue;
		struct str word = str_sub(text, begin, i);

		begin = i + 1;
		if (word.n == 0)
			continue;
		if (list->n == OPTION_VALUES_MAX)
			return err_set(err, ERR_LIMIT,
			               "more than %d values of option '" STR_FMT "'",
			               OPTION_VALUES_MAX, STR_ARG(part->name));
		*vec_add(r->arena, list) = word;
	}
	return true;
}

static bool add_value(struct reader *r, const struct parcel_part *part, size_t max,
                      struct str_list *list, struct err *err)
{
	if (part->value.n == 0)
		return refuse("no value for option", part->name, err);
	if (list->n == max)
		return err_set(err, ERR_LIMIT, "more than %zu values of option '" STR_FMT "'", max,
		               STR_ARG(part->name));
	*vec_add(r->arena, list) = part->value;
	return true;
}

static bool set_edges(struct reader *r, const struct parcel_part *part, struct err *err)
{
	static const struct {
		struct str name;
		unsigned edges;
	} names[] = {
		{ STR("normal"), EDGE_NORMAL },
		{ STR("build"), EDGE_BUILD },
		{ STR("dev"), EDGE_DEV },
		{ STR("all"), EDGE_NORMAL | EDGE_BUILD | EDGE_DEV },
	};
	struct str rest = part->value, one;
	unsigned edges = 0;

	while (rest.n > 0) {
		size_t i = 0;

		str_cut(rest, ',', &one, &rest);
		while (i < ARRAY_LEN(names) && !str_eq(one, names[i].name))
			i++;
		if (i == ARRAY_LEN(names))
			return refuse("of normal, build, dev and all, edges are made; not of", one,
			              err);
		edges |= names[i].edges;
	}
	if (edges == 0)
		return refuse("no value for option", part->name, err);
	r->out->options.edges = edges;
	return true;
}

static bool set_width(struct reader *r, const struct parcel_part *part, struct err *err)
{
	uint64_t width = 0;

	if (!str_to_u64(part->value, &width) || width > UINT32_MAX)
		return refuse("a width that is no number:", part->value, err);
	r->out->view.width = (uint32_t)width;
	return true;
}

static bool set_at(struct reader *r, const struct parcel_part *part, struct err *err)
{
	struct err why = { 0 };

	return when_parse(part->value, &r->out->options.at, &why) ||
	       err_set(err, ERR_USAGE, "option 'at': %s", why.text);
}

static bool take_switch(struct reader *r, const struct parcel_part *part, bool *known,
                        struct err *err)
{
	struct project_options *options = &r->out->options;
	struct project_view *view = &r->out->view;
	const struct {
		struct str name;
		bool *to;
	} switches[] = {
		{ STR("all-features"), &options->all_features },
		{ STR("no-default-features"), &options->no_default_features },
		{ STR("locked"), &options->locked },
		{ STR("offline"), &options->offline },
		{ STR("include-inactive"), &options->include_inactive },
		{ STR("color"), &view->color },
		{ STR("verbose"), &view->verbose },
		{ STR("quiet"), &view->quiet },
	};

	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		if (!str_eq(part->name, switches[i].name))
			continue;
		if (!str_eq(part->value, STR_LIT("1")) && !str_eq(part->value, STR_LIT("0")))
			return refuse("a switch that is neither 0 nor 1:", part->name, err);
		*switches[i].to = part->value.p[0] == '1';
		*known = true;
		return true;
	}
	return true;
}

static bool take_option(struct reader *r, const struct parcel_part *part, struct err *err)
{
	struct project_options *options = &r->out->options;
	bool known = false;

	if (str_eq(part->name, STR_LIT("features")))
		return add_words(r, part, true, &options->features, err);
	if (str_eq(part->name, STR_LIT("target")))
		return add_value(r, part, TARGETS_MAX, &options->targets, err);
	if (str_eq(part->name, STR_LIT("package")))
		return add_value(r, part, OPTION_VALUES_MAX, &options->packages, err);
	if (str_eq(part->name, STR_LIT("exclude")))
		return add_value(r, part, OPTION_VALUES_MAX, &options->exclude, err);
	if (str_eq(part->name, STR_LIT("edges")))
		return set_edges(r, part, err);
	if (str_eq(part->name, STR_LIT("width")))
		return set_width(r, part, err);
	if (str_eq(part->name, STR_LIT("at")))
		return set_at(r, part, err);
	if (str_eq(part->name, STR_LIT("folder")))
		r->out->folder = part->value;
	else if (str_eq(part->name, STR_LIT("fail-on")))
		options->fail_on = part->value;
	else if (str_eq(part->name, STR_LIT("format")))
		r->out->view.format = part->value;
	else if (str_eq(part->name, STR_LIT("crate")))
		r->out->view.crate = part->value;
	else if (!take_switch(r, part, &known, err))
		return false;
	else if (!known)
		return refuse("unknown option", part->name, err);
	return true;
}

/* A file of which there is one. */
static bool take_single(struct reader *r, const struct parcel_part *part, bool *known,
                        struct err *err)
{
	struct project *out = r->out;
	const struct {
		struct str kind;
		struct str *name, *value;
	} kinds[] = {
		{ STR("lock"), &out->lock_name, &out->lock },
		{ STR("policy"), &out->policy_name, &out->policy },
		{ STR("baseline"), &out->baseline_name, &out->baseline },
		{ STR("old-lock"), &out->old_lock_name, &out->old_lock },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_eq(part->kind, kinds[i].kind))
			continue;
		if (r->seen & 1u << i)
			return refuse("more than one part of kind", part->kind, err);
		r->seen |= 1u << i;
		*kinds[i].name = part->name;
		*kinds[i].value = part->value;
		*known = true;
		return true;
	}
	return true;
}

static bool take(struct reader *r, const struct parcel_part *part, struct err *err)
{
	static const struct {
		struct str kind;
		bool (*take)(struct reader *, const struct parcel_part *, struct err *);
	} kinds[] = {
		{ STR("manifest"), take_manifest }, { STR("git-manifest"), take_git_manifest },
		{ STR("config"), take_config },     { STR("env"), take_env },
		{ STR("option"), take_option },
	};
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(part->kind, kinds[i].kind))
			return kinds[i].take(r, part, err);
	if (!take_single(r, part, &known, err))
		return false;
	return known || refuse("unknown part", part->kind, err);
}

bool project_parse(struct arena *arena, struct str body, struct project *out, struct err *err)
{
	struct project project = { .options = { .edges = EDGE_NORMAL | EDGE_BUILD } };
	struct reader r = { .arena = arena, .out = &project };
	struct parcel_part part = { 0 };
	int got;

	while ((got = parcel_next(&body, &part, err)) == 1)
		if (!take(&r, &part, err))
			return false;
	if (got == 0)
		*out = project;
	return got == 0;
}
