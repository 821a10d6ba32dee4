/* tests/unit/small_index.h: an index of a few lines, and a crate asked about with it.
 *
 *	"tokio 1.41.0 rt= full=rt,net net=dep:mio : ?mio@^1 !bytes@^1[std] build:cc@1 win:winapi@1\n"
 *	"-tokio 1.42.0\n"
 *
 * A line is a version: '-' where it is yanked, '%' for a proc macro, '.' for one that does without
 * std; name, version, features, and behind " : " its dependencies: '?' optional, '!' without
 * default features, "build:", "win:" and "unix:" for these platforms alone, name, requirement,
 * features. It was published as many days after 1970 as its line stands in the text, the first on
 * day 1.
 */
#ifndef RTAUDIT_TESTS_UNIT_SMALL_INDEX_H
#define RTAUDIT_TESTS_UNIT_SMALL_INDEX_H
#include "audit/index_entry.h"
#include "audit/pick.h"
#include "base/buf.h"
#include "tests/unit/unit.h"

struct small_version {
	struct index_entry entry;
	struct package_facts facts;
};

struct small_index {
	struct arena arena;
	struct small_version versions[64];
	size_t n;
};

static inline void small_list(struct buf *to, struct str list)
{
	bool first = true;

	buf_byte(to, '[');
	while (list.n > 0) {
		struct str one = { 0 };

		str_cut(list, ',', &one, &list);
		buf_printf(to, "%s\"" STR_FMT "\"", first ? "" : ",", STR_ARG(one));
		first = false;
	}
	buf_byte(to, ']');
}

static inline void small_dep(struct buf *to, struct str dep)
{
	bool optional = false, defaults = true, build = false, windows = false, is_unix = false;
	struct str name = { 0 }, req = { 0 }, features = { 0 };

	for (bool more = true; more;) {
		more = false;
		if (str_starts(dep, STR_LIT("build:"))) {
			build = more = true;
			dep = str_sub(dep, 6, dep.n);
		} else if (str_starts(dep, STR_LIT("win:"))) {
			windows = more = true;
			dep = str_sub(dep, 4, dep.n);
		} else if (str_starts(dep, STR_LIT("unix:"))) {
			is_unix = more = true;
			dep = str_sub(dep, 5, dep.n);
		} else if (dep.p[0] == '?' || dep.p[0] == '!') {
			optional |= dep.p[0] == '?';
			defaults &= dep.p[0] != '!';
			more = true;
			dep = str_sub(dep, 1, dep.n);
		}
	}
	str_cut(dep, '@', &name, &req);
	if (str_cut(req, '[', &req, &features))
		features.n--;
	buf_printf(to,
	           "{\"name\":\"" STR_FMT "\",\"req\":\"" STR_FMT "\",\"features\":", STR_ARG(name),
	           STR_ARG(req));
	small_list(to, features);
	buf_printf(to, ",\"optional\":%s,\"default_features\":%s,\"target\":%s,\"kind\":\"%s\"}",
	           optional ? "true" : "false", defaults ? "true" : "false",
	           windows   ? "\"cfg(windows)\""
	           : is_unix ? "\"cfg(unix)\""
	                     : "null",
	           build ? "build" : "normal");
}

static inline void small_words(struct buf *to, struct str words, bool deps)
{
	bool first = true;

	while (words.n > 0) {
		struct str word = { 0 }, name = { 0 }, values = { 0 };

		str_cut(words, ' ', &word, &words);
		if (word.n == 0)
			continue;
		if (!first)
			buf_byte(to, ',');
		first = false;
		if (deps) {
			small_dep(to, word);
			continue;
		}
		str_cut(word, '=', &name, &values);
		buf_printf(to, "\"" STR_FMT "\":", STR_ARG(name));
		small_list(to, values);
	}
}

static inline void small_version_read(struct small_index *index, struct str line)
{
	CLEANUP(buf_free) struct buf json = buf_make(1 << 16);
	struct small_version *version = &index->versions[index->n++];
	struct str name = { 0 }, vers = { 0 }, features = { 0 }, deps = { 0 };
	char mark = line.p[0];
	size_t colon = str_find_str(line, STR_LIT(" : "));
	struct err err = { 0 };

	if (colon != STR_NONE) {
		deps = str_sub(line, colon + 3, line.n);
		line = str_sub(line, 0, colon);
	}
	str_cut(str_sub(line, strchr("-%.", mark) != NULL, line.n), ' ', &name, &line);
	str_cut(line, ' ', &vers, &features);
	buf_printf(&json, "{\"name\":\"" STR_FMT "\",\"vers\":\"" STR_FMT "\",\"deps\":[",
	           STR_ARG(name), STR_ARG(vers));
	small_words(&json, deps, true);
	buf_text(&json, "],\"features\":{");
	small_words(&json, features, false);
	buf_printf(&json, "},\"cksum\":\"%064d\",\"yanked\":%s}", 0,
	           mark == '-' ? "true" : "false");
	struct str text = arena_str(&index->arena, buf_str(&json));
	if (!index_entry_parse(&index->arena, text, &version->entry, &err))
		fail_msg("%s: " STR_FMT, err.text, STR_ARG(text));
	struct summary *summary = arena_new(&index->arena, struct summary);
	summary_make(&index->arena, version->entry.name, version->entry.vers,
	             &version->entry.version, &version->entry.deps, &version->entry.features,
	             summary);
	version->entry.published_at = (int64_t)index->n * 86400;
	version->facts = (struct package_facts){ .summary = summary,
		                                 .crate_known = true,
		                                 .fetched_at = 86400,
		                                 .proc_macro = mark == '%' ? KNOWN_YES : KNOWN_NO,
		                                 .no_std = mark == '.' ? NO_STD_ALWAYS : NO_STD_NO,
		                                 .proc_macro_from = FACT_FROM_TABLE };
}

static inline struct small_index small_index_read(const char *text)
{
	struct small_index index = { 0 };
	struct str rest = str_of(text), line = { 0 };

	while (rest.n > 0) {
		str_cut(rest, '\n', &line, &rest);
		small_version_read(&index, line);
	}
	return index;
}

/* All versions of a crate; the newest stands last in the text, as in an index. */
static inline struct pick_releases small_releases(struct small_index *index, struct str name)
{
	struct pick_releases releases = { .fetched_at = 86400 };

	releases.p = arena_array(&index->arena, index->n, sizeof *releases.p);
	for (size_t i = index->n; i-- > 0;) {
		const struct index_entry *entry = &index->versions[i].entry;

		if (str_eq(entry->name, name))
			releases.p[releases.n++] =
				(struct pick_release){ entry->version, entry->published_at, 0,
				                       entry->yanked };
	}
	return releases;
}

static inline const struct package_facts *small_facts(const struct small_index *index,
                                                      struct str name, struct str vers)
{
	static const struct package_facts none;

	for (size_t i = 0; i < index->n; i++)
		if (str_eq(index->versions[i].entry.name, name) &&
		    str_eq(index->versions[i].entry.vers, vers))
			return &index->versions[i].facts;
	return &none;
}

/* Answers what a choice asks for. */
static inline void small_fill(struct small_index *index, struct pick_need *need)
{
	for (uint32_t i = 0; i < need->crate_n; i++)
		need->releases[i] = small_releases(index, need->crates[i].name);
	for (uint32_t i = 0; i < need->version_n; i++)
		need->facts[i] =
			*small_facts(index, need->versions[i].name, need->versions[i].vers);
}

static inline void small_index_free(struct small_index *index)
{
	arena_free(&index->arena);
	*index = (struct small_index){ 0 };
}
#endif
