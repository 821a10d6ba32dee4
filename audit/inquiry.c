#include "audit/inquiry.h"
#include "audit/asked_feature.h"
#include "audit/index_path.h"
#include "audit/no_std.h"
#include "audit/platform.h"
#include "audit/proc_macro.h"
#include "audit/project.h" /* EDGE_… */

static const struct str DEFAULT_TARGET = STR("x86_64-unknown-linux-gnu");

enum {
	NEAR_MAX = 3,        /* names that an error suggests: more are not read */
	NEAR_DISTANCE = 3,   /* edits; more make another word */
	NEAR_LISTED_MAX = 12 /* features that are listed where none is near */
};

struct inquiry {
	const struct inquiry_question *question;
	const struct knowledge *knowledge;
	struct wanted root;
	struct resolve_root ask;
	struct resolve_platform target, host;
	struct pick *pick;
};

/* The nearest of the names seen so far, the nearest first. */
struct near {
	struct str names[NEAR_MAX];
	size_t distances[NEAR_MAX], n;
};

static void near_add(struct near *near, struct str word, struct str name)
{
	size_t distance = str_distance(word, name, NEAR_DISTANCE), at = near->n;
	bool begins =
		(word.n >= 3 && str_starts(name, word)) || (name.n >= 4 && str_starts(word, name));

	/* "tls" for "tls-rustls" is no slip, nor is the reverse, but it is as near. */
	if (distance > NEAR_DISTANCE && begins)
		distance = NEAR_DISTANCE;
	/* A short word has hundreds of neighbours at two or three edits. */
	if (distance > NEAR_DISTANCE || (!begins && distance * 2 >= word.n))
		return;
	if (near->n < NEAR_MAX)
		near->n++;
	else if (near->distances[--at] <= distance)
		return;
	for (; at > 0 && near->distances[at - 1] > distance; at--) {
		near->names[at] = near->names[at - 1];
		near->distances[at] = near->distances[at - 1];
	}
	near->names[at] = name;
	near->distances[at] = distance;
}

/* "; did you mean 'a', 'b' or 'c'?", or nothing. */
static struct str near_text(struct arena *arena, const struct near *near)
{
	struct str text = { 0 };

	for (size_t i = 0; i < near->n; i++)
		text = arena_printf(arena, STR_FMT "%s'" STR_FMT "'", STR_ARG(text),
		                    i == 0             ? "; did you mean "
		                    : i + 1 == near->n ? " or "
		                                       : ", ",
		                    STR_ARG(near->names[i]));
	return near->n == 0 ? text : arena_printf(arena, STR_FMT "?", STR_ARG(text));
}

static struct str version_asked(const struct inquiry_question *question)
{
	struct str name = { 0 }, vers = { 0 };

	str_cut(question->crate, '@', &name, &vers);
	return vers;
}

bool inquiry_name(const struct inquiry_question *question, struct str *out, struct err *err)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct str name = { 0 }, vers = { 0 }, path = { 0 };

	str_cut(question->crate, '@', &name, &vers);
	if (!index_path(&scratch, name, &path, err)) {
		err->kind = ERR_USAGE;
		return false;
	}
	if (vers.n == 0 && str_ends(question->crate, STR_LIT("@")))
		return err_set(err, ERR_USAGE, "no version behind '@' in '" STR_FMT "'",
		               STR_ARG(question->crate));
	*out = name;
	return true;
}

bool inquiry_no_crate(struct arena *arena, struct str name, const struct str_list *names,
                      struct err *err)
{
	struct near near = { 0 };

	for (size_t i = 0; i < names->n; i++)
		near_add(&near, name, names->p[i]);
	return err_set(err, ERR_USAGE, "there is no crate '" STR_FMT "'" STR_FMT, STR_ARG(name),
	               STR_ARG(near_text(arena, &near)));
}

/* The moment that releases are asked for. */
static int64_t moment(const struct inquiry_question *question)
{
	return question->at == question->now ? 0 : question->at;
}

/* "1" and "1.54" fit 1.54.1, and so does "1.54.1". */
static bool vers_fits(struct str asked, struct str vers)
{
	return str_eq(asked, vers) || (str_starts(vers, asked) && vers.p[asked.n] == '.');
}

/* The newest releases that were there, for an error. */
static struct str newest_text(struct arena *arena, const struct pick_releases *releases, int64_t at,
                              bool yanked)
{
	struct str text = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < releases->n && n < NEAR_MAX; i++) {
		if (!pick_is_there(&releases->p[i], at) ||
		    pick_is_yanked(&releases->p[i], at) != yanked)
			continue;
		struct str vers = semver_text(arena, &releases->p[i].version);
		text = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(text), n == 0 ? "" : ", ",
		                    STR_ARG(vers));
		n++;
	}
	return text;
}

static bool no_version(struct arena *arena, const struct inquiry_question *question,
                       const struct pick_releases *releases, struct err *err)
{
	struct str name = { 0 }, vers = { 0 };
	int64_t at = moment(question);
	struct str newest = newest_text(arena, releases, at, false);
	bool all_yanked = newest.n == 0;

	if (all_yanked)
		newest = newest_text(arena, releases, at, true);
	str_cut(question->crate, '@', &name, &vers);
	if (newest.n == 0)
		return err_set(err, ERR_USAGE, "no version of '" STR_FMT "' was published by then",
		               STR_ARG(name));
	if (vers.n > 0)
		return err_set(err, ERR_USAGE,
		               "'" STR_FMT "' has no version " STR_FMT "; the newest are " STR_FMT
		               "%s",
		               STR_ARG(name), STR_ARG(vers), STR_ARG(newest),
		               all_yanked ? ", all yanked" : "");
	return err_set(err, ERR_USAGE,
	               "every version of '" STR_FMT "' is yanked; the newest are " STR_FMT
	               " (NAME@VERSION asks about one all the same)",
	               STR_ARG(name), STR_ARG(newest));
}

bool inquiry_version(struct arena *arena, const struct inquiry_question *question,
                     const struct pick_releases *releases, struct str *out, struct err *err)
{
	struct str asked = version_asked(question), found = { 0 };
	int64_t at = moment(question);
	unsigned best = 0; /* 4 written in full, 3 a release, 2 a pre-release, 1 yanked */

	for (size_t i = 0; i < releases->n; i++) {
		const struct pick_release *release = &releases->p[i];
		struct str vers = { 0 };
		bool yanked = pick_is_yanked(release, at);
		unsigned rank = yanked ? 1 : release->version.pre.n > 0 ? 2 : 3;

		if (!pick_is_there(release, at) || (asked.n == 0 && yanked))
			continue;
		if (asked.n > 0) {
			vers = semver_text(arena, &release->version);
			if (!vers_fits(asked, vers))
				continue;
			if (str_eq(asked, vers))
				rank = 4;
		}
		if (rank <= best)
			continue;
		best = rank;
		found = vers.n > 0 ? vers : semver_text(arena, &release->version);
	}
	if (best == 0)
		return no_version(arena, question, releases, err);
	*out = found;
	return true;
}

static bool has_feature(const struct summary *summary, struct str text)
{
	struct str head = { 0 }, tail = { 0 };

	if (str_cut(text, '/', &head, &tail)) {
		if (str_ends(head, STR_LIT("?")))
			head.n--;
		return tail.n > 0 && summary_dep_name_find(summary, head) != FEATURE_NONE;
	}
	return summary_feature_find(summary, text) != FEATURE_NONE ||
	       str_eq(text, STR_LIT("default"));
}

static bool no_feature(struct arena *arena, const struct inquiry *inquiry,
                       const struct summary *summary, struct str text, struct err *err)
{
	struct near near = { 0 };
	struct str have = { 0 };

	for (uint32_t i = 0; i < summary->feature_n; i++)
		near_add(&near, text, summary->features[i].name);
	struct str hint = near_text(arena, &near);
	uint32_t n = 0;
	for (uint32_t i = 0; near.n == 0 && i < summary->feature_n; i++) {
		/* By custom a name with '_' is the crate's own affair. */
		if (summary->features[i].name.p[0] == '_' || n++ >= NEAR_LISTED_MAX)
			continue;
		have = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(have),
		                    n == 1 ? "; it has " : ", ",
		                    STR_ARG(summary->features[i].name));
	}
	if (n > NEAR_LISTED_MAX)
		have = arena_printf(arena, STR_FMT " and %u more", STR_ARG(have),
		                    n - NEAR_LISTED_MAX);
	return err_set(err, ERR_USAGE, STR_FMT " " STR_FMT " has no feature '" STR_FMT "'" STR_FMT,
	               STR_ARG(inquiry->root.name), STR_ARG(inquiry->root.vers), STR_ARG(text),
	               STR_ARG(near.n > 0 ? hint : have));
}

/* Splits one --features at commas and blanks, as cargo does. */
static bool add_features(struct arena *arena, struct inquiry *inquiry,
                         const struct summary *summary, struct str list, struct err *err)
{
	while (list.n > 0) {
		struct str words = { 0 }, word = { 0 };

		str_cut(list, ',', &words, &list);
		while (words.n > 0) {
			str_cut(words, ' ', &word, &words);
			if (word.n == 0)
				continue;
			if (!has_feature(summary, word))
				return no_feature(arena, inquiry, summary, word, err);
			*vec_add(arena, &inquiry->ask.features) = word;
		}
	}
	return true;
}

bool inquiry_open(struct arena *arena, const struct inquiry_question *question,
                  const struct wanted *root, const struct package_facts *facts,
                  const struct knowledge *knowledge, struct inquiry **out, struct err *err)
{
	struct inquiry *inquiry = arena_new(arena, struct inquiry);

	*inquiry = (struct inquiry){ .question = question, .knowledge = knowledge, .root = *root };
	inquiry->ask = (struct resolve_root){ .all_features = question->all_features,
		                              .default_features = !question->no_default_features,
		                              .is_selected = true };
	inquiry->target.triple = question->target.n > 0 ? question->target : DEFAULT_TARGET;
	inquiry->host.triple = platform_host();
	if (!platform_cfg(arena, inquiry->target.triple, &inquiry->target.set, err) ||
	    !platform_cfg(arena, inquiry->host.triple, &inquiry->host.set, err))
		return false;
	for (size_t i = 0; i < question->features.n; i++)
		if (!add_features(arena, inquiry, facts->summary, question->features.p[i], err))
			return false;
	inquiry->pick = pick_begin(arena, &(struct pick_input){ .root = *root,
	                                                        .root_facts = facts,
	                                                        .ask = inquiry->ask,
	                                                        .target = inquiry->target,
	                                                        .host = inquiry->host,
	                                                        .at = moment(question),
	                                                        .knowledge = knowledge });
	*out = inquiry;
	return true;
}

int inquiry_next(struct inquiry *inquiry, struct pick_need *need, struct err *err)
{
	return pick_next(inquiry->pick, need, err);
}

static struct graph *resolve_picked(struct arena *arena, struct inquiry *inquiry,
                                    const struct pick_result *picked)
{
	struct graph *graph = arena_new(arena, struct graph);
	struct resolve_notes notes = { 0 };

	inquiry->ask.package = picked->root;
	graph->lock = &picked->lock;
	graph->package_n = picked->lock.n;
	graph->packages = arena_array(arena, picked->lock.n, sizeof *graph->packages);
	for (uint32_t i = 0; i < picked->lock.n; i++)
		graph->packages[i] = (struct graph_package){ .summary = picked->summaries[i],
			                                     .is_root = i == picked->root,
			                                     .proc_macro = picked->proc_macro[i] };
	resolve(arena,
	        &(struct resolve_input){ .lock = &picked->lock,
	                                 .summaries = picked->summaries,
	                                 .proc_macro = picked->proc_macro,
	                                 .links = &picked->links,
	                                 .roots = &inquiry->ask,
	                                 .root_n = 1,
	                                 .resolver = 2,
	                                 .edges = EDGE_NORMAL | EDGE_BUILD,
	                                 .targets = &inquiry->target,
	                                 .target_n = 1,
	                                 .host = inquiry->host },
	        graph, &notes);
	return graph;
}

static void count_built(const struct pick_result *picked, const struct runtime_verdict *verdicts,
                        struct inquiry_answer *out)
{
	for (uint32_t i = 0; i < picked->lock.n; i++) {
		uint32_t node = node_of(i, SIDE_TARGET);

		if (!out->graph->nodes[node].built)
			node = node_of(i, SIDE_HOST);
		if (!out->graph->nodes[node].built)
			continue;
		out->built_n++;
		out->async_n += !str_eq(verdicts[node].klass, STR_LIT("none"));
		if (picked->facts[i].fetched_at != 0 &&
		    (out->index_at == 0 || picked->facts[i].fetched_at < out->index_at))
			out->index_at = picked->facts[i].fetched_at;
	}
}

bool inquiry_run(struct arena *arena, struct inquiry *inquiry, struct inquiry_answer *out,
                 struct err *err)
{
	struct pick_result *picked = arena_new(arena, struct pick_result);
	const struct inquiry_question *question = inquiry->question;

	pick_end(inquiry->pick, picked);
	struct graph *graph = resolve_picked(arena, inquiry, picked);
	if (!asked_features_exist(picked->summaries, &picked->links, &inquiry->ask, err))
		return false;
	struct runtime_verdict *verdicts = runtime_classify(arena, graph, inquiry->knowledge);
	struct proc_macro_answer macro =
		proc_macro_ask(inquiry->knowledge, NULL, picked->summaries[picked->root],
	                       &picked->facts[picked->root]);

	no_std_judge(arena, graph, picked->facts, verdicts);
	*out = (struct inquiry_answer){
		.name = inquiry->root.name,
		.vers = inquiry->root.vers,
		.target = inquiry->target.triple,
		.at = question->at,
		.now = question->now,
		.facts = &picked->facts[picked->root],
		.graph = graph,
		.node = node_of(picked->root,
		                picked->proc_macro[picked->root] ? SIDE_HOST : SIDE_TARGET),
		.unknown = picked->lacking,
		.proc_macro = macro.value ? KNOWN_YES : KNOWN_NO,
		.proc_macro_from = macro.from,
	};
	out->runtime = &verdicts[out->node];
	count_built(picked, verdicts, out);
	runtime_uses(arena, graph, verdicts, inquiry->knowledge, &out->runtimes);
	return true;
}

bool inquiry_has_mark(const struct inquiry_answer *answer, const struct author_mark *mark)
{
	/* What was read while the question was answered counts. */
	return answer->at == answer->now || mark->seen_at <= answer->at;
}
