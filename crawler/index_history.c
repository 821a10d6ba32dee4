#include "crawler/index_history.h"
#include "audit/limits.h"

struct index_history index_history_begin(struct arena *arena)
{
	return (struct index_history){ .arena = arena };
}

/* A line that was not there before, or reads otherwise now. */
static uint32_t read_line(struct index_history *history, struct str text, int64_t at)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct index_entry entry = { 0 };
	struct err err = { 0 };
	bool added = false;
	uint32_t number = UINT32_MAX;

	if (text.n > INDEX_LINE_MAX_BYTES || !index_entry_parse(&scratch, text, &entry, &err))
		return UINT32_MAX;
	if (!map_get(&history->by_vers, entry.vers, &number)) {
		if (history->versions.n == INDEX_VERSIONS_MAX)
			return UINT32_MAX;
		number = (uint32_t)history->versions.n;
		map_put(&history->by_vers, history->arena, arena_str(history->arena, entry.vers),
		        number);
		added = true;
	}
	struct dated_version *version =
		added ? vec_add(history->arena, &history->versions) : &history->versions.p[number];

	if (added)
		version->appeared_at = at;
	if (entry.yanked != version->yanked)
		version->yanked_at = entry.yanked ? at : 0;
	version->yanked = entry.yanked;
	return number;
}

void index_history_add(struct index_history *history, struct str body, int64_t at)
{
	struct dated_lines old = history->lines, now = history->spare;
	struct str rest = body, text;
	size_t next =
		0; /* the line of the old state that may come now: most states add one at the end */

	now.n = 0;
	while (rest.n > 0 && now.n < INDEX_VERSIONS_MAX) {
		uint32_t version;

		str_cut(rest, '\n', &text, &rest);
		if (text.n == 0)
			continue;
		if (next < old.n && str_eq(old.p[next].text, text)) {
			version = old.p[next++].version;
		} else {
			version = read_line(history, text, at);
			if (version != UINT32_MAX && history->versions.p[version].line < old.n &&
			    old.p[history->versions.p[version].line].version == version)
				next = history->versions.p[version].line + 1;
		}
		if (version != UINT32_MAX)
			history->versions.p[version].line = now.n;
		*vec_add(history->arena, &now) = (struct dated_line){ text, version };
	}
	history->lines = now;
	history->spare = old;
}

void index_history_moments(const struct index_history *history, const struct index_entry *entries,
                           size_t n, int64_t *appeared_at, int64_t *yanked_at)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t number = UINT32_MAX;
		bool known = map_get(&history->by_vers, entries[i].vers, &number);

		appeared_at[i] = known ? history->versions.p[number].appeared_at : 0;
		yanked_at[i] = known ? history->versions.p[number].yanked_at : 0;
	}
}
