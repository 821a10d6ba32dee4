#include "report/as_text.h"
#include "base/when.h"
#include "report/need.h"
#include "report/style.h"

enum {
	GROUP_MAX = 12, /* findings shown a rule unless --verbose: more is not read */
	NOTES_MAX = 3,  /* the same for notes */
	PATHS_MAX = 3,
	STEPS_MAX = 6, /* packages of a path before its middle is left out */
	INDENT = 4,
	LABEL = 11 /* columns of "    path   " */
};

struct page {
	struct style style;
	struct arena arena;
	const struct audit_result *result;
	const struct knowledge *knowledge;
	const struct report_view *view;
};

static enum tone level_tone(enum level level)
{
	switch (level) {
	case LEVEL_ERROR:
		return TONE_RED;
	case LEVEL_WARNING:
		return TONE_YELLOW;
	case LEVEL_NOTE:
		return TONE_BLUE;
	case LEVEL_ALLOW:
		return TONE_DIM;
	}
	return TONE_PLAIN;
}

static void put(const struct page *page, enum tone tone, struct str text)
{
	style_put(&page->style, tone, text);
}

static void line_end(const struct page *page)
{
	buf_byte(page->style.to, '\n');
}

static struct str counted(struct page *page, uint32_t n, const char *one, const char *many)
{
	return arena_printf(&page->arena, "%u %s", n, n == 1 ? one : many);
}

/* Adds "2 errors" to a list of such parts, those of 0 left out. */
static void add_count(struct page *page, enum tone tone, uint32_t n, const char *one,
                      const char *many, bool *first)
{
	if (n == 0)
		return;
	if (!*first)
		put(page, TONE_PLAIN, STR_LIT(", "));
	*first = false;
	put(page, tone, counted(page, n, one, many));
}

static void write_summary(struct page *page)
{
	const struct audit_result *result = page->result;
	bool first = true;

	put(page, result->fail ? TONE_RED : TONE_GREEN,
	    result->fail ? STR_LIT("FAIL") : STR_LIT("pass"));
	buf_text(page->style.to, "  ");
	put(page, TONE_BOLD, result->project->lock_name);
	buf_text(page->style.to, ": ");
	add_count(page, TONE_RED, result->errors, "error", "errors", &first);
	add_count(page, TONE_YELLOW, result->warnings, "warning", "warnings", &first);
	add_count(page, TONE_BLUE, result->notes, "note", "notes", &first);
	add_count(page, TONE_DIM, result->allowed, "allowed", "allowed", &first);
	if (first)
		put(page, TONE_PLAIN, STR_LIT("no findings"));
	put(page, TONE_PLAIN,
	    arena_printf(&page->arena, " in %u packages (%u async) for " STR_FMT, result->built_n,
	                 result->async_n,
	                 STR_ARG(str_list_join(&page->arena, &result->targets, ", "))));
	line_end(page);
}

static struct str step(struct page *page, uint32_t node)
{
	const struct locked_package *locked =
		&page->result->graph->lock->packages[node_package(node)];

	return arena_printf(&page->arena, STR_FMT " " STR_FMT, STR_ARG(locked->name),
	                    STR_ARG(locked->vers));
}

static struct str path_text(struct page *page, const struct node_path *path)
{
	struct str text = { 0 };

	for (uint32_t i = 0; i < path->n; i++) {
		if (path->n > STEPS_MAX && !page->view->verbose && i == STEPS_MAX / 2) {
			uint32_t skipped = path->n - STEPS_MAX;

			text = arena_printf(&page->arena, STR_FMT " > … %u more …", STR_ARG(text),
			                    skipped);
			i += skipped - 1;
			continue;
		}
		text = i == 0 ? step(page, path->nodes[i])
		              : arena_printf(&page->arena, STR_FMT " > " STR_FMT, STR_ARG(text),
		                             STR_ARG(step(page, path->nodes[i])));
	}
	return text;
}

/* "    path   …", wrapped under itself. */
static void labelled(struct page *page, const char *label, enum tone tone, struct str text)
{
	if (text.n == 0)
		return;
	buf_repeat(page->style.to, ' ', INDENT);
	style_cell(&page->style, TONE_DIM, str_of(label), LABEL - INDENT);
	style_wrap(&page->style, tone, LABEL, LABEL, text);
	line_end(page);
}

static struct str allowance(struct page *page, const struct finding *finding)
{
	if (finding->in_baseline)
		return STR_LIT("known: it is in the baseline");
	if (finding->allow_expires.n > 0)
		return arena_printf(&page->arena, STR_FMT " (until " STR_FMT ")",
		                    STR_ARG(finding->allow_reason),
		                    STR_ARG(finding->allow_expires));
	return finding->allow_reason;
}

/* `before` is the finding shown before it in the same group, or NULL: of one package, the path is
 * said once. */
static void write_finding(struct page *page, const struct finding *finding,
                          const struct finding *before)
{
	const struct locked_package *locked =
		&page->result->graph->lock->packages[finding->package];
	bool again = before && before->package == finding->package;
	size_t paths = page->view->verbose ? finding->paths.n : again ? 0 : 1;

	buf_text(page->style.to, "  ");
	put(page, TONE_BOLD, locked->name);
	put(page, TONE_BOLD, arena_printf(&page->arena, " " STR_FMT, STR_ARG(locked->vers)));
	buf_text(page->style.to, ": ");
	style_wrap(&page->style, TONE_PLAIN,
	           4 + style_columns(locked->name) + style_columns(locked->vers) + 1, INDENT,
	           finding->message);
	line_end(page);
	for (size_t i = 0; i < finding->paths.n && i < paths && i < PATHS_MAX; i++)
		if (finding->paths.p[i].n > 1)
			labelled(page, i == 0 ? "path" : "and", TONE_PLAIN,
			         path_text(page, &finding->paths.p[i]));
	for (size_t i = 0; i < finding->evidence.n && (i < 2 || page->view->verbose); i++) {
		const struct evidence *evidence = &finding->evidence.p[i];

		labelled(page, i == 0 ? "why" : "", TONE_PLAIN,
		         evidence->source.n == 0
		                 ? evidence->detail
		                 : arena_printf(&page->arena, STR_FMT " (" STR_FMT ")",
		                                STR_ARG(evidence->detail),
		                                STR_ARG(evidence->source)));
	}
	if (!again || !str_eq(before->remedy.text, finding->remedy.text))
		labelled(page, "fix", TONE_GREEN, finding->remedy.text);
	if (finding->allowed || finding->in_baseline)
		labelled(page, "allow", TONE_DIM, allowance(page, finding));
}

static bool is_shown(const struct page *page, const struct finding *finding)
{
	if (page->view->quiet)
		return finding_counts(page->result, finding) &&
		       page->result->fail_on != LEVEL_ALLOW &&
		       finding->level >= page->result->fail_on;
	return page->view->verbose || finding_counts(page->result, finding);
}

/* The names of the rest of a group: "and 7 more: a, b, c". */
static void write_rest(struct page *page, size_t from, size_t to)
{
	struct str_list names = { 0 };
	uint32_t n = 0;

	for (size_t i = from; i < to; i++) {
		const struct finding *finding = &page->result->findings.p[i];

		if (!is_shown(page, finding))
			continue;
		n++;
		*vec_add(&page->arena, &names) = step(page, node_of(finding->package, SIDE_TARGET));
	}
	if (n == 0)
		return;
	buf_text(page->style.to, "  ");
	struct str text = arena_printf(&page->arena, "and %u more: " STR_FMT, n,
	                               STR_ARG(str_list_join(&page->arena, &names, ", ")));
	/* Nobody reads a screenful of names; --verbose and JSON have them all. */
	if (text.n > 300)
		text = arena_printf(&page->arena, "and %u more (--verbose lists them)", n);
	style_wrap(&page->style, TONE_DIM, 2, INDENT, text);
	line_end(page);
}

/* The end of the run of findings with the same level and rule, about what is built or about what is
 * not. */
static size_t group_end(const struct audit_result *result, size_t from)
{
	const struct finding *first = &result->findings.p[from];
	size_t to = from;

	while (to < result->findings.n && result->findings.p[to].level == first->level &&
	       result->findings.p[to].inactive == first->inactive &&
	       str_eq(result->findings.p[to].rule, first->rule))
		to++;
	return to;
}

static void write_group(struct page *page, size_t from, size_t to)
{
	const struct finding *first = &page->result->findings.p[from];
	const struct rule_text *rule = knowledge_rule(page->knowledge, first->rule);
	size_t most = first->level == LEVEL_NOTE ? NOTES_MAX : GROUP_MAX;
	size_t shown = 0, all = 0, i = from;
	const struct finding *before = NULL;

	for (size_t f = from; f < to; f++)
		all += is_shown(page, &page->result->findings.p[f]);
	if (all == 0)
		return;
	line_end(page);
	put(page, level_tone(first->level), str_of(level_name(first->level)));
	buf_byte(page->style.to, ' ');
	put(page, TONE_BOLD, first->rule);
	if (first->inactive) {
		put(page, TONE_DIM, STR_LIT(" (locked, but not built)"));
	} else if (rule && rule->summary.n > 0) {
		buf_text(page->style.to, ": ");
		style_wrap(&page->style, TONE_DIM,
		           (unsigned)(strlen(level_name(first->level)) + first->rule.n + 3), 2,
		           rule->summary);
	}
	line_end(page);
	for (; i < to && (page->view->verbose || shown < most || all <= most + 1); i++) {
		if (!is_shown(page, &page->result->findings.p[i]))
			continue;
		write_finding(page, &page->result->findings.p[i], before);
		before = &page->result->findings.p[i];
		shown++;
	}
	write_rest(page, i, to);
}

static void write_runtimes(struct page *page)
{
	const struct runtime_use_list *runtimes = &page->result->runtimes;
	unsigned name = 7, versions = 8;

	if (runtimes->n == 0)
		return;
	for (size_t i = 0; i < runtimes->n; i++) {
		unsigned a = style_columns(runtimes->p[i].runtime),
			 b = style_columns(runtimes->p[i].versions);

		name = a > name ? a : name;
		versions = b > versions ? b : versions;
	}
	line_end(page);
	style_cell(&page->style, TONE_BOLD, STR_LIT("Runtimes"), name + 4);
	style_cell(&page->style, TONE_DIM, STR_LIT("versions"), versions + 2);
	style_cell(&page->style, TONE_DIM, STR_LIT("packages"), 10);
	put(page, TONE_DIM, STR_LIT("brought in by"));
	line_end(page);
	for (size_t i = 0; i < runtimes->n; i++) {
		const struct runtime_use *use = &runtimes->p[i];

		buf_text(page->style.to, "  ");
		style_cell(&page->style, use->abandoned ? TONE_RED : TONE_PLAIN, use->runtime,
		           name + 2);
		style_cell(&page->style, TONE_PLAIN,
		           use->versions.n > 0 ? use->versions : STR_LIT("-"), versions + 2);
		style_cell(&page->style, TONE_PLAIN,
		           arena_printf(&page->arena, "%u", use->packages), 10);
		style_wrap(&page->style, TONE_PLAIN, name + versions + 16, name + versions + 16,
		           str_list_join(&page->arena, &use->brought_in_by, ", "));
		if (use->abandoned)
			put(page, TONE_RED, STR_LIT(" (abandoned)"));
		line_end(page);
	}
}

static void write_inactive(struct page *page)
{
	const struct audit_result *result = page->result;
	uint32_t findings = 0;

	for (size_t i = 0; i < result->findings.n; i++)
		findings += result->findings.p[i].inactive;
	if (result->inactive_n == 0)
		return;
	line_end(page);
	style_wrap(
		&page->style, TONE_DIM, 0, 2,
		arena_printf(
			&page->arena, "%s locked but not built with these features and targets%s%s",
			counted(page, result->inactive_n, "package is", "packages are").p,
			findings == 0 || result->project->options.include_inactive
				? ""
				: arena_printf(&page->arena, "; %s about them%s",
	                                       counted(page, findings, "finding", "findings").p,
	                                       findings == 1 ? " does not count" : " do not count")
					  .p,
			page->view->verbose ? ":" : " (--verbose lists them)."));
	line_end(page);
	for (uint32_t i = 0; page->view->verbose && i < result->graph->package_n; i++) {
		const struct result_package *package = &result->packages[i];

		if (package->built)
			continue;
		struct str text = step(page, node_of(i, SIDE_TARGET));
		for (size_t n = 0; n < package->needs.n; n++) {
			struct str need = need_text(&page->arena, &package->needs.p[n]);

			text = arena_printf(&page->arena, STR_FMT "%s" STR_FMT, STR_ARG(text),
			                    n == 0 ? ": needs " : ", or ", STR_ARG(need));
		}
		buf_text(page->style.to, "  ");
		style_wrap(&page->style, TONE_DIM, 2, INDENT, text);
		line_end(page);
	}
}

static struct str age(struct page *page, int64_t at)
{
	int64_t seconds = page->result->facts->now - at;

	if (at == 0)
		return STR_LIT("never fetched");
	if (seconds < 60)
		return STR_LIT("just now");
	return arena_printf(&page->arena, STR_FMT " ago",
	                    STR_ARG(when_span(&page->arena, seconds)));
}

static void sentence(struct page *page, const char *head, struct str text)
{
	style_wrap(&page->style, TONE_DIM, 0, 2,
	           arena_printf(&page->arena, "%s: " STR_FMT ".", head, STR_ARG(text)));
	line_end(page);
}

static void write_data(struct page *page)
{
	const struct audit_result *result = page->result;

	line_end(page);
	for (size_t i = 0; i < result->assumed.n; i++)
		sentence(page, "Assumed", result->assumed.p[i]);
	for (size_t i = 0; i < result->facts->notes.n; i++)
		sentence(page, "Note", result->facts->notes.p[i]);
	if (result->unknown.n > 0)
		sentence(
			page, "Unknown",
			arena_printf(
				&page->arena, "%s without facts%s",
				counted(page, (uint32_t)result->unknown.n, "package", "packages").p,
				page->view->verbose ? "" : " (see unknown-package)"));
	sentence(page, "Data",
	         arena_printf(&page->arena, "index " STR_FMT ", advisories " STR_FMT,
	                      STR_ARG(age(page, result->facts->index_at)),
	                      STR_ARG(result->facts->advisories_at == 0
	                                      ? STR_LIT("as compiled in")
	                                      : age(page, result->facts->advisories_at))));
}

void as_text(const struct audit_result *result, const struct knowledge *knowledge,
             const struct report_view *view, struct buf *out)
{
	struct page page = { .style = { out, view->width, view->color },
		             .result = result,
		             .knowledge = knowledge,
		             .view = view };

	if (!view->quiet || result->fail)
		write_summary(&page);
	for (size_t from = 0; from < result->findings.n;) {
		size_t to = group_end(result, from);

		write_group(&page, from, to);
		from = to;
	}
	if (!view->quiet) {
		write_runtimes(&page);
		write_inactive(&page);
		write_data(&page);
	}
	arena_free(&page.arena);
}
