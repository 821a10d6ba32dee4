#include "report/changes.h"
#include "audit/paths.h"
#include "report/changes_json.h"
#include "report/style.h"

enum {
	LINES_MAX = 20, /* of a list, unless --verbose: more is not read */
	INDENT = 4,
	LABEL = 11 /* columns of "    path   " */
};

struct page {
	struct style style;
	struct arena arena;
	const struct diff *diff;
	const struct report_view *view;
};

static void put(const struct page *page, enum tone tone, struct str text)
{
	style_put(&page->style, tone, text);
}

static void line_end(const struct page *page)
{
	buf_byte(page->style.to, '\n');
}

static enum tone level_tone(enum level level)
{
	return level == LEVEL_ERROR ? TONE_RED : level == LEVEL_WARNING ? TONE_YELLOW : TONE_BLUE;
}

/* Adds "2 new errors" to a list of such parts, those of 0 left out. */
static void add_count(struct page *page, enum tone tone, size_t n, const char *one,
                      const char *many, bool *first)
{
	if (n == 0)
		return;
	if (!*first)
		put(page, TONE_PLAIN, STR_LIT(", "));
	*first = false;
	put(page, tone, arena_printf(&page->arena, "%zu %s", n, n == 1 ? one : many));
}

static size_t count_changes(const struct diff *diff, enum diff_change change)
{
	size_t n = 0;

	for (size_t i = 0; i < diff->packages.n; i++)
		n += diff->packages.p[i].change == change;
	return n;
}

static void write_summary(struct page *page)
{
	static const struct {
		enum diff_change change;
		const char *one, *many;
	} counts[] = {
		{ DIFF_ADDED, "package added", "packages added" },
		{ DIFF_REMOVED, "removed", "removed" },
		{ DIFF_UPDATED, "updated", "updated" },
		{ DIFF_DOWNGRADED, "downgraded", "downgraded" },
		{ DIFF_SOURCE, "from another source", "from another source" },
		{ DIFF_CHECKSUM, "with another checksum", "with another checksum" },
		{ DIFF_NOW_BUILT, "built only now", "built only now" },
		{ DIFF_NOT_BUILT, "no longer built", "no longer built" },
	};
	const struct diff *diff = page->diff;
	bool first = true;

	put(page, diff->fail ? TONE_RED : TONE_GREEN,
	    diff->fail ? STR_LIT("FAIL") : STR_LIT("pass"));
	buf_text(page->style.to, "  ");
	put(page, TONE_BOLD, diff->before->project->lock_name);
	buf_text(page->style.to, " > ");
	put(page, TONE_BOLD, diff->after->project->lock_name);
	buf_text(page->style.to, ": ");
	add_count(page, TONE_RED, diff->errors, "new error", "new errors", &first);
	add_count(page, TONE_YELLOW, diff->warnings, "new warning", "new warnings", &first);
	add_count(page, TONE_BLUE, diff->notes, "new note", "new notes", &first);
	if (first)
		put(page, TONE_PLAIN, STR_LIT("no new findings"));
	first = false;
	add_count(page, TONE_GREEN, diff->gone.n, "gone", "gone", &first);
	line_end(page);
	buf_repeat(page->style.to, ' ', 6);
	first = true;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		add_count(page, TONE_PLAIN, count_changes(diff, counts[i].change), counts[i].one,
		          counts[i].many, &first);
	if (first)
		put(page, TONE_PLAIN, STR_LIT("the same packages"));
	line_end(page);
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

static struct str path_text(struct page *page, const struct audit_result *result,
                            const struct finding *finding)
{
	struct str_list steps = { 0 };

	for (uint32_t i = 0; finding->paths.n > 0 && i < finding->paths.p[0].n; i++)
		*vec_add(&page->arena, &steps) = package_text(
			&page->arena, result->graph, node_package(finding->paths.p[0].nodes[i]));
	return str_list_join(&page->arena, &steps, " > ");
}

/* "and 7 more", where `n` lines were to be written. */
static void write_more(struct page *page, size_t n)
{
	if (n <= LINES_MAX || page->view->verbose)
		return;
	put(page, TONE_DIM,
	    arena_printf(&page->arena, "  and %zu more (--verbose lists them)", n - LINES_MAX));
	line_end(page);
}

/* Whether a finding gets one line only. */
static bool is_brief(const struct page *page, const struct diff_finding *one)
{
	return one->finding->level == LEVEL_NOTE && one->was == LEVEL_ALLOW &&
	       !page->view->verbose && !page->view->quiet;
}

static void write_finding(struct page *page, const struct audit_result *result,
                          const struct diff_finding *one, const char *what)
{
	const struct finding *finding = one->finding;
	struct str name = package_text(&page->arena, result->graph, finding->package);

	if (is_brief(page, one))
		return;
	if (page->view->quiet &&
	    (result->fail_on == LEVEL_ALLOW || finding->level < result->fail_on))
		return;
	line_end(page);
	buf_printf(page->style.to, "%s ", what);
	put(page, level_tone(finding->level), str_of(level_name(finding->level)));
	if (one->was != LEVEL_ALLOW)
		buf_printf(page->style.to, " (was %s)", level_name(one->was));
	buf_byte(page->style.to, ' ');
	put(page, TONE_BOLD, finding->rule);
	buf_text(page->style.to, "\n  ");
	put(page, TONE_BOLD, name);
	buf_text(page->style.to, ": ");
	style_wrap(&page->style, TONE_PLAIN, style_columns(name) + 4, INDENT, finding->message);
	line_end(page);
	labelled(page, "path", TONE_DIM, path_text(page, result, finding));
	labelled(page, "fix", TONE_GREEN, finding->remedy.text);
}

/* Findings of one line each; of new ones only the notes. */
static void write_lines(struct page *page, const struct diff_finding_list *list,
                        const struct audit_result *result, const char *title)
{
	bool gone = list == &page->diff->gone;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct finding *finding = list->p[i].finding;
		const char *level = level_name(finding->level);

		if (!gone && !is_brief(page, &list->p[i]))
			continue;
		if (n++ == 0)
			buf_printf(page->style.to, "\n%s\n", title);
		if (n > LINES_MAX && !page->view->verbose)
			continue;
		put(page, gone ? TONE_GREEN : TONE_YELLOW,
		    gone ? STR_LIT("  - ") : STR_LIT("  + "));
		put(page, level_tone(finding->level), str_of(level));
		buf_byte(page->style.to, ' ');
		style_wrap(&page->style, TONE_PLAIN, (unsigned)strlen(level) + 5, INDENT,
		           arena_printf(&page->arena, STR_FMT ": " STR_FMT " " STR_FMT,
		                        STR_ARG(finding->rule),
		                        STR_ARG(package_text(&page->arena, result->graph,
		                                             finding->package)),
		                        STR_ARG(finding->message)));
		line_end(page);
	}
	write_more(page, n);
}

static struct str versions_text(const struct runtime_use *use)
{
	return use->versions.n > 0 ? use->versions : STR_LIT("no crate of its own");
}

/* "1.0.0 > 1.2.0, in 12 packages (were 10)" */
static struct str runtime_text(struct page *page, const struct diff_runtime *one)
{
	const struct runtime_use *use = one->after ? one->after : one->before;
	const char *abandoned = use->abandoned ? " (abandoned)" : "";
	if (one->before && one->after)
		return arena_printf(
			&page->arena, STR_FMT "%s" STR_FMT ", in %u packages (before: %u)%s",
			STR_ARG(versions_text(one->before)),
			str_eq(one->before->versions, one->after->versions) ? "" : " > ",
			STR_ARG(str_eq(one->before->versions, one->after->versions)
		                        ? STR_LIT("")
		                        : versions_text(one->after)),
			one->after->packages, one->before->packages, abandoned);
	return arena_printf(&page->arena, STR_FMT ", in %u package%s%s, brought in by " STR_FMT,
	                    STR_ARG(versions_text(use)), use->packages,
	                    use->packages == 1 ? "" : "s", abandoned,
	                    STR_ARG(str_list_join(&page->arena, &use->brought_in_by, ", ")));
}

static void write_mark(struct page *page, bool came, bool went)
{
	put(page,
	    came   ? TONE_YELLOW
	    : went ? TONE_GREEN
	           : TONE_DIM,
	    came   ? STR_LIT("  + ")
	    : went ? STR_LIT("  - ")
	           : STR_LIT("  ~ "));
}

static void write_runtimes(struct page *page)
{
	const struct diff *diff = page->diff;

	if (diff->runtimes.n > 0)
		buf_text(page->style.to, "\nRuntimes\n");
	for (size_t i = 0; i < diff->runtimes.n; i++) {
		const struct diff_runtime *one = &diff->runtimes.p[i];
		struct str name = (one->after ? one->after : one->before)->runtime;

		write_mark(page, !one->before, !one->after);
		style_cell(&page->style, TONE_BOLD, name, 14);
		style_wrap(&page->style, TONE_PLAIN, 18, 18, runtime_text(page, one));
		line_end(page);
	}
}

static void write_abandoned(struct page *page, const struct diff_abandoned_list *list,
                            const struct audit_result *result, const char *title)
{
	if (list->n > 0)
		buf_printf(page->style.to, "\n%s\n", title);
	for (size_t i = 0; i < list->n; i++) {
		write_mark(page, list == &page->diff->came, list == &page->diff->went);
		put(page, TONE_BOLD, package_text(&page->arena, result->graph, list->p[i].package));
		for (size_t r = 0; r < list->p[i].rules.n; r++) {
			buf_text(page->style.to, r == 0 ? ": " : ", ");
			put(page, TONE_PLAIN, list->p[i].rules.p[r]);
		}
		line_end(page);
	}
}

static void write_package(struct page *page, const struct diff_package *package)
{
	const struct lockfile *before = page->diff->before->graph->lock,
			      *after = page->diff->after->graph->lock;
	bool has_old = package->before != PACKAGE_NONE, has_new = package->after != PACKAGE_NONE;
	const struct locked_package *old = has_old ? &before->packages[package->before] : NULL;
	const struct locked_package *now = has_new ? &after->packages[package->after] : old;

	if (!now)
		return;
	write_mark(page, !has_old, !has_new);
	put(page, TONE_PLAIN, now->name);
	buf_byte(page->style.to, ' ');
	if (old && has_new && !str_eq(old->vers, now->vers)) {
		put(page, TONE_PLAIN, old->vers);
		buf_text(page->style.to, " > ");
	}
	put(page, TONE_PLAIN, now->vers);
	if (package->change == DIFF_SOURCE)
		put(page, TONE_YELLOW,
		    arena_printf(&page->arena, " from " STR_FMT,
		                 STR_ARG(now->source.text.n > 0 ? now->source.text
		                                                : STR_LIT("a folder"))));
	else if (package->change != DIFF_ADDED && package->change != DIFF_REMOVED &&
	         package->change != DIFF_UPDATED)
		put(page, package->change == DIFF_CHECKSUM ? TONE_RED : TONE_DIM,
		    arena_printf(&page->arena, " (%s)", diff_change_name(package->change)));
	if (has_new ? !page->diff->after->packages[package->after].built
	            : !page->diff->before->packages[package->before].built)
		put(page, TONE_DIM, STR_LIT(" (only locked)"));
	line_end(page);
}

static void write_packages(struct page *page)
{
	const struct diff_package_list *packages = &page->diff->packages;

	if (packages->n > 0)
		buf_text(page->style.to, "\nPackages\n");
	for (size_t i = 0; i < packages->n && (i < LINES_MAX || page->view->verbose); i++)
		write_package(page, &packages->p[i]);
	write_more(page, packages->n);
}

/* What the answer rests on, of each side. */
static void write_basis(struct page *page)
{
	const struct audit_result *sides[] = { page->diff->before, page->diff->after };
	bool first = true;

	for (size_t s = 0; s < ARRAY_LEN(sides); s++)
		for (size_t i = 0; i < sides[s]->assumed.n; i++) {
			if (first)
				line_end(page);
			first = false;
			style_wrap(&page->style, TONE_DIM, 0, 2,
			           arena_printf(&page->arena,
			                        "Assumed of " STR_FMT ": " STR_FMT ".",
			                        STR_ARG(sides[s]->project->lock_name),
			                        STR_ARG(sides[s]->assumed.p[i])));
			line_end(page);
		}
	for (size_t i = 0; i < page->diff->after->facts->notes.n; i++) {
		style_wrap(&page->style, TONE_DIM, 0, 2,
		           arena_printf(&page->arena, "Note: " STR_FMT ".",
		                        STR_ARG(page->diff->after->facts->notes.p[i])));
		line_end(page);
	}
}

static void as_page(const struct diff *diff, const struct report_view *view, struct buf *out)
{
	struct page page = { .style = { out, view->width, view->color },
		             .diff = diff,
		             .view = view };

	if (!view->quiet || diff->fail)
		write_summary(&page);
	for (size_t i = 0; i < diff->fresh.n; i++)
		write_finding(&page, diff->after, &diff->fresh.p[i], "new");
	for (size_t i = 0; i < diff->worse.n; i++)
		write_finding(&page, diff->after, &diff->worse.p[i], "worse");
	if (!view->quiet) {
		write_lines(&page, &diff->fresh, diff->after, "New notes");
		write_lines(&page, &diff->gone, diff->before, "Gone");
		write_runtimes(&page);
		write_abandoned(&page, &diff->came, diff->after, "Abandoned crates that come in");
		write_abandoned(&page, &diff->went, diff->before, "Abandoned crates that go");
		write_packages(&page);
		write_basis(&page);
	}
	arena_free(&page.arena);
}

bool changes_has_format(struct str format, struct err *err)
{
	if (str_eq(format, STR_LIT("text")) || str_eq(format, STR_LIT("json")))
		return true;
	return err_set(err, ERR_USAGE, "unknown format '" STR_FMT "'; there are text and json",
	               STR_ARG(format));
}

bool changes_render(struct str format, const struct diff *diff, const struct report_view *view,
                    struct buf *out, struct err *err)
{
	if (!changes_has_format(format, err))
		return false;
	if (str_eq(format, STR_LIT("json")))
		changes_json(diff, out);
	else
		as_page(diff, view, out);
	return buf_done(out, "the answer", err);
}
