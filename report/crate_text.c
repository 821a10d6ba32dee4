#include "report/crate_text.h"
#include "base/when.h"
#include "report/style.h"

enum {
	LABEL = 12,       /* columns of "Built from  " */
	VERDICT = 13,     /* columns of "own-reactor  " */
	EVIDENCE_MAX = 3, /* shown unless --verbose */
	USES_MAX = 5      /* the same */
};

struct page {
	struct style style;
	struct arena arena;
	const struct inquiry_answer *answer;
	bool verbose;
};

static void labelled(const struct page *page, const char *label, enum tone tone, struct str text)
{
	style_cell(&page->style, TONE_DIM, str_of(label), LABEL);
	style_wrap(&page->style, tone, LABEL, LABEL, text);
	buf_byte(page->style.to, '\n');
}

/* "a b c" of those features that are on, or off. */
static struct str features_text(struct page *page, bool on)
{
	const struct graph_node *node = &page->answer->graph->nodes[page->answer->node];
	const struct summary *summary =
		page->answer->graph->packages[node_package(page->answer->node)].summary;
	struct str text = { 0 };

	for (uint32_t f = 0, next = 0; f < summary->feature_n; f++) {
		bool is_on = next < node->feature_n && node->features[next] == f;

		next += is_on;
		if (is_on == on)
			text = arena_printf(&page->arena, STR_FMT "%s" STR_FMT, STR_ARG(text),
			                    text.n > 0 ? " " : "",
			                    STR_ARG(summary->features[f].name));
	}
	return text;
}

static const char *hardness_of(const struct runtime_verdict *runtime)
{
	if (runtime->binds.n == 0)
		return "";
	return runtime->hard ? ", cannot do without it" : ", works elsewhere too";
}

static void write_runtime(struct page *page)
{
	const struct runtime_verdict *runtime = page->answer->runtime;
	size_t most = page->verbose ? runtime->evidence.n : EVIDENCE_MAX;
	struct str klass = runtime->klass;

	if (str_eq(klass, STR_LIT("none")))
		klass = STR_LIT("none (not async)");
	else if (str_eq(klass, STR_LIT("agnostic")))
		klass = STR_LIT("agnostic (async, needs no runtime)");
	style_cell(&page->style, TONE_DIM, STR_LIT("Runtime"), LABEL);
	style_put(&page->style, TONE_BOLD, klass);
	buf_text(page->style.to, hardness_of(runtime));
	style_put(&page->style, TONE_DIM,
	          arena_printf(&page->arena, "  (rule '" STR_FMT "', %d %% sure%s)",
	                       STR_ARG(runtime->rule), (int)(runtime->confidence * 100 + 0.5),
	                       runtime->inferred ? ", inferred" : ""));
	buf_byte(page->style.to, '\n');
	for (size_t i = 0; i < runtime->evidence.n && i < most; i++) {
		const struct evidence *evidence = &runtime->evidence.p[i];

		labelled(page, "", TONE_PLAIN,
		         evidence->source.n == 0
		                 ? evidence->detail
		                 : arena_printf(&page->arena, STR_FMT " [" STR_FMT "]",
		                                STR_ARG(evidence->detail),
		                                STR_ARG(evidence->source)));
	}
}

static enum tone verdict_tone(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WORKS:
		return TONE_GREEN;
	case VERDICT_OWN_REACTOR:
	case VERDICT_BRIDGE:
		return TONE_YELLOW;
	case VERDICT_PANICS:
	case VERDICT_NO:
		return TONE_RED;
	case VERDICT_UNKNOWN:
		return TONE_DIM;
	}
	return TONE_PLAIN;
}

static void write_compat(struct page *page)
{
	const struct compat_list *rows = &page->answer->runtime->compat;
	unsigned name = 0;

	buf_byte(page->style.to, '\n');
	for (size_t i = 0; i < rows->n; i++) {
		unsigned columns = style_columns(rows->p[i].runtime);

		name = columns > name ? columns : name;
	}
	for (size_t i = 0; i < rows->n; i++) {
		unsigned at = LABEL + name + 2 + VERDICT;

		style_cell(&page->style, TONE_DIM, i == 0 ? STR_LIT("On") : (struct str){ 0 },
		           LABEL);
		style_cell(&page->style, TONE_PLAIN, rows->p[i].runtime, name + 2);
		style_cell(&page->style, verdict_tone(rows->p[i].verdict),
		           str_of(verdict_name(rows->p[i].verdict)), VERDICT);
		style_wrap(&page->style, TONE_DIM, at, at, rows->p[i].why);
		buf_byte(page->style.to, '\n');
	}
}

static void write_tree(struct page *page)
{
	const struct inquiry_answer *answer = page->answer;
	struct str text =
		arena_printf(&page->arena, "%u package%s, %u of them async", answer->built_n,
	                     answer->built_n == 1 ? "" : "s", answer->async_n);

	for (size_t i = 0; i < answer->runtimes.n; i++) {
		const struct runtime_use *use = &answer->runtimes.p[i];

		text = arena_printf(&page->arena, STR_FMT "%s" STR_FMT " (%u)", STR_ARG(text),
		                    i == 0 ? "; bound to " : ", ", STR_ARG(use->runtime),
		                    use->packages);
	}
	buf_byte(page->style.to, '\n');
	labelled(page, "Built from", TONE_PLAIN, text);
}

static void write_versions(struct page *page)
{
	const struct package_facts *facts = page->answer->facts;
	struct str text = arena_printf(&page->arena, "%u release%s, %u yanked", facts->releases,
	                               facts->releases == 1 ? "" : "s", facts->yanked_releases);

	if (facts->newest_vers.n > 0)
		text = arena_printf(&page->arena, STR_FMT "; the newest is " STR_FMT, STR_ARG(text),
		                    STR_ARG(facts->newest_vers));
	if (facts->newest_at != 0 && facts->newest_at <= page->answer->at)
		text = arena_printf(
			&page->arena, STR_FMT ", and the last came " STR_FMT " ago", STR_ARG(text),
			STR_ARG(when_span(&page->arena, page->answer->at - facts->newest_at)));
	labelled(page, "Versions", TONE_PLAIN, text);
}

static void write_marks(struct page *page)
{
	const struct author_mark_list *marks = &page->answer->facts->marks;

	for (size_t i = 0; i < marks->n; i++) {
		const struct author_mark *mark = &marks->p[i];
		if (!inquiry_has_mark(page->answer, mark))
			continue;
		struct str text = arena_printf(
			&page->arena, "its %s says %s (first seen " STR_FMT "): \"" STR_FMT "\"",
			mark_place_name(mark->place), mark_kind_name(mark->kind),
			STR_ARG(when_date(&page->arena, mark->seen_at)), STR_ARG(mark->text));

		if (mark->successors.n > 0)
			text = arena_printf(&page->arena, STR_FMT "; it names " STR_FMT,
			                    STR_ARG(text), STR_ARG(mark->successors));
		labelled(page, "Author", TONE_YELLOW, text);
	}
}

/* "name value", behind a comma where something stands before it. */
static void add_part(struct page *page, struct str *text, const char *name, struct str value)
{
	if (value.n > 0)
		*text = arena_printf(&page->arena, STR_FMT "%s%s" STR_FMT, STR_ARG(*text),
		                     text->n > 0 ? ", " : "", name, STR_ARG(value));
}

static void write_archive(struct page *page)
{
	const struct inquiry_archive *archive = &page->answer->archive;
	struct str text = STR_LIT("");

	add_part(page, &text, "", archive->license);
	add_part(page, &text, "", archive->repository);
	add_part(page, &text, "in ", archive->vcs_path);
	add_part(page, &text, "commit ", str_sub(archive->vcs_sha1, 0, 12));
	add_part(page, &text, "edition ", archive->edition);
	add_part(page, &text, "Rust ", archive->rust_version);
	add_part(page, &text, "links ", archive->links);
	if (str_eq(archive->build_script, STR_LIT("yes")))
		add_part(page, &text, "", STR_LIT("a build script"));
	if (str_eq(archive->no_std, STR_LIT("yes")))
		add_part(page, &text, "", STR_LIT("no_std"));
	add_part(page, &text, "no_std where ", archive->no_std_cfg);
	if (text.n > 0)
		labelled(page, "Archive", TONE_PLAIN, text);
	size_t n = page->verbose || archive->uses.n <= USES_MAX ? archive->uses.n : USES_MAX;
	for (size_t i = 0; i < n; i++) {
		const struct source_use *use = &archive->uses.p[i];
		labelled(page, i == 0 ? "Sources" : "", TONE_PLAIN,
		         arena_printf(&page->arena, STR_FMT ", %u time%s, first " STR_FMT ":%u",
		                      STR_ARG(use->path), use->uses, use->uses == 1 ? "" : "s",
		                      STR_ARG(use->file), use->line));
	}
	if (n < archive->uses.n)
		labelled(page, "", TONE_DIM,
		         arena_printf(&page->arena, "and %zu more (--verbose)",
		                      archive->uses.n - n));
}

static void write_data(struct page *page)
{
	const struct inquiry_answer *answer = page->answer;
	int64_t age = answer->now - answer->index_at;
	struct str text = STR_LIT("the index was never fetched");

	if (answer->index_at != 0)
		text = age < 60 ? STR_LIT("index just now")
		                : arena_printf(&page->arena, "index " STR_FMT " ago",
		                               STR_ARG(when_span(&page->arena, age)));
	for (size_t i = 0; i < answer->notes.n; i++)
		labelled(page, "Note", TONE_DIM, answer->notes.p[i]);
	for (size_t i = 0; i < answer->unknown.n; i++)
		labelled(page, i == 0 ? "Unknown" : "", TONE_YELLOW, answer->unknown.p[i]);
	labelled(page, "Data", TONE_DIM, text);
}

void crate_text(const struct inquiry_answer *answer, const struct report_view *view,
                struct buf *out)
{
	struct page page = { .style = { out, view->width, view->color },
		             .answer = answer,
		             .verbose = view->verbose };
	struct str on = features_text(&page, true), off = features_text(&page, false);

	style_put(&page.style, TONE_BOLD, answer->name);
	buf_byte(out, ' ');
	style_put(&page.style, TONE_BOLD, answer->vers);
	if (answer->facts->yanked == KNOWN_YES)
		style_put(&page.style, TONE_RED, STR_LIT(" (yanked)"));
	style_put(&page.style, TONE_DIM,
	          arena_printf(&page.arena, " for " STR_FMT, STR_ARG(answer->target)));
	buf_byte(out, '\n');
	labelled(&page, "Features", TONE_PLAIN, on.n > 0 ? on : STR_LIT("none"));
	if (off.n > 0 && view->verbose)
		labelled(&page, "Off", TONE_DIM, off);
	write_marks(&page);
	write_runtime(&page);
	write_compat(&page);
	if (!view->quiet) {
		write_tree(&page);
		write_versions(&page);
		write_archive(&page);
		write_data(&page);
	}
	arena_free(&page.arena);
}
