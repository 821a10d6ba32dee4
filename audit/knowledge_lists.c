#include "audit/knowledge_lists.h"

#include "base/when.h"

bool knowledge_read_proc_macros(struct arena *arena, struct str file, struct knowledge *out,
                                struct err *err)
{
	struct str line, name, is;
	uint32_t number = 0;

	while (file.n > 0) {
		str_cut(file, '\n', &line, &file);
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		str_cut(line, '\t', &name, &is);
		if (!str_eq(is, STR_LIT("yes")) && !str_eq(is, STR_LIT("no")))
			return err_set(err, ERR_INPUT, "%u: neither yes nor no", number);
		map_put(&out->proc_macros, arena, name, is.n == 3 ? KNOWN_YES : KNOWN_NO);
	}
	return true;
}

static bool read_segments(struct arena *arena, struct str path, struct str_list *out)
{
	while (path.n > 0) {
		size_t at = str_find_str(path, STR_LIT("::"));
		size_t end = at == STR_NONE ? path.n : at;

		if (end == 0 || out->n == SOURCE_SEGMENTS)
			return false;
		*vec_add(arena, out) = str_sub(path, 0, end);
		path = str_sub(path, end + 2, path.n);
	}
	return out->n > 0;
}

bool knowledge_read_source_paths(struct arena *arena, struct str file, struct knowledge *out,
                                 struct err *err)
{
	struct str line, path, what, source;

	for (uint32_t number = 1; file.n > 0; number++) {
		struct str_list segments = { 0 };

		str_cut(file, '\n', &line, &file);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		str_cut(line, '\t', &path, &what);
		str_cut(what, '\t', &what, &source);
		if (what.n == 0 || source.n == 0 || !read_segments(arena, path, &segments))
			return err_set(err, ERR_INPUT, "%u: not a path, what it is, and a source",
			               number);
		*vec_add(arena, &out->source_paths) = segments;
	}
	return true;
}

static bool read_reqs(struct arena *arena, struct str text, struct str_list *texts,
                      struct req_list *reqs, struct err *err)
{
	while (text.n > 0) {
		struct str one;

		str_cut(text, '|', &one, &text);
		one = str_trim(one);
		*vec_add(arena, texts) = one;
		if (!semver_req_parse(arena, one, vec_add(arena, reqs), err))
			return false;
	}
	return true;
}

static bool read_unmaintained_line(struct arena *arena, struct str line, struct knowledge *out,
                                   struct err *err)
{
	struct advisory *advisory = arena_new(arena, struct advisory);
	struct str date, patched, unaffected;

	*advisory = (struct advisory){ .kind = ADVISORY_UNMAINTAINED, .is_crates_io = true };
	str_cut(line, '\t', &advisory->package, &line);
	str_cut(line, '\t', &advisory->id, &line);
	str_cut(line, '\t', &date, &line);
	str_cut(line, '\t', &patched, &line);
	str_cut(line, '\t', &unaffected, &line);
	if (!when_parse(date, &advisory->date_at, err) ||
	    !read_reqs(arena, patched, &advisory->patched_text, &advisory->patched, err) ||
	    !read_reqs(arena, unaffected, &advisory->unaffected_text, &advisory->unaffected, err))
		return false;
	map_put(&out->replacements_by_id, arena, advisory->id, (uint32_t)out->replacements.n);
	*vec_add(arena, &out->replacements) = line;

	struct advisory_set *set = &out->advisories;
	uint32_t *first = map_slot(&set->first, arena, advisory->package, UINT32_MAX, NULL);
	set->rows[set->n] = (struct advisory_row){ advisory, advisory->date_at, *first };
	*first = set->n++;
	return true;
}

/* The first line tells of which commit the table was made: "# … HASH DATE". */
static bool read_made_at(struct str line, int64_t *out, struct err *err)
{
	size_t blank = str_find_last(line, ' ');

	if (blank == STR_NONE)
		return err_set(err, ERR_INPUT, "no date");
	return when_parse(str_sub(line, blank + 1, line.n), out, err);
}

bool knowledge_read_unmaintained(struct arena *arena, struct str file, struct knowledge *out,
                                 struct err *err)
{
	struct str line, rest = file;
	uint32_t number = 1, lines = 0;

	while (str_cut(rest, '\n', &line, &rest))
		lines++;
	out->advisories.rows = arena_array(arena, lines + 1, sizeof *out->advisories.rows);
	str_cut(file, '\n', &line, &file);
	if (!read_made_at(line, &out->advisories_at, err)) {
		err_prefix(err, "%u: ", number);
		return false;
	}
	while (file.n > 0) {
		str_cut(file, '\n', &line, &file);
		number++;
		if (line.n == 0 || line.p[0] == '#' ||
		    read_unmaintained_line(arena, line, out, err))
			continue;
		err_prefix(err, "%u: ", number);
		return false;
	}
	return true;
}
