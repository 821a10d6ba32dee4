/* tests/bench/archives.c: reads crate archives as the crawler does, one after the other on one
 * thread, and tells what they say.
 *
 *	archives [-v] FILE.crate…    -v: a line a fact, tab-separated; without, sums alone
 *
 * `tests/bench/archives.sh` measures it beside tar. */
#include "audit/knowledge.h"
#include "audit/limits.h"
#include "base/file.h"
#include "crawler/crate_archive.h"
#include <stdio.h>
#include <stdlib.h>

/* "NAME-1.2.3": the version begins behind the last hyphen before a digit whose rest is one. */
static bool split(struct str stem, struct str *name, struct str *vers)
{
	for (size_t i = 1; i + 1 < stem.n; i++) {
		struct version version;
		struct err err = { 0 };

		*name = str_sub(stem, 0, i);
		*vers = str_sub(stem, i + 1, stem.n);
		if (stem.p[i] == '-' && semver_parse(*vers, &version, &err))
			return true;
	}
	return false;
}

static void show(const struct manifest_fact *fact)
{
	printf("fact\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t" STR_FMT
	       "\t%d\n",
	       STR_ARG(fact->name), STR_ARG(fact->vers), STR_ARG(fact->no_std),
	       STR_ARG(fact->no_std_cfg), STR_ARG(fact->vcs_sha1), STR_ARG(fact->vcs_path),
	       fact->proc_macro);
	for (size_t i = 0; i < fact->marks.n; i++) {
		const struct author_mark *mark = &fact->marks.p[i];
		printf("mark\t" STR_FMT "\t" STR_FMT "\t%s\t%s\t" STR_FMT "\t" STR_FMT "\n",
		       STR_ARG(fact->name), STR_ARG(fact->vers), mark_place_name(mark->place),
		       mark_kind_name(mark->kind), STR_ARG(mark->successors), STR_ARG(mark->text));
	}
	for (size_t i = 0; i < fact->uses.n; i++) {
		const struct source_use *use = &fact->uses.p[i];
		printf("use\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t%u\t" STR_FMT ":%u\n",
		       STR_ARG(fact->name), STR_ARG(fact->vers), STR_ARG(use->path), use->uses,
		       STR_ARG(use->file), use->line);
	}
}

int main(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena process = { 0 };
	const struct knowledge *knowledge;
	struct err err = { 0 };
	size_t read = 0, refused = 0, bytes = 0, marks = 0, uses = 0;
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;

	if (!knowledge_load(&process, &knowledge, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (int i = verbose ? 2 : 1; i < argc; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str stem = str_of(argv[i]), file, name, vers;
		struct manifest_fact fact;

		stem = str_sub(stem, str_find_last(stem, '/') + 1, stem.n - strlen(".crate"));
		if (!split(stem, &name, &vers) ||
		    !file_read(&arena, argv[i], ARCHIVE_MAX_BYTES, &file, &err)) {
			fprintf(stderr, "%s: %s\n", argv[i], err.text);
			return 1;
		}
		struct sha256 cksum = sha256_of(file);
		bytes += file.n;
		if (!crate_archive_read(&arena, name, vers, file, &cksum,
		                        knowledge_source_paths(knowledge), &fact, &err)) {
			fprintf(stderr, "%s\n", err.text);
			refused++;
			continue;
		}
		read++;
		marks += fact.marks.n;
		uses += fact.uses.n;
		if (verbose)
			show(&fact);
	}
	fprintf(stderr, "%zu archives of %zu bytes read, %zu refused; %zu marks, %zu paths\n", read,
	        bytes, refused, marks, uses);
	return 0;
}
