#include "crawler/advisory_copy.h"
#include "base/file.h"
#include <sys/stat.h>

/* cargo-deny's hashes are those of the database's usual URL: other folders beside hold other
 * databases. */
static const struct str FOLDERS[] = {
	STR("advisory-db"),
	STR("advisory-dbs/advisory-db-3157b0e258782691"),
	STR("advisory-dbs/github.com-a946fc29ac602819"),
};

/* Whether there is such a file, and when it was written. */
static bool written_at(const char *path, int64_t *at)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*at = st.st_mtim.tv_sec;
	return true;
}

/* A repository has a HEAD, in itself or in its .git. */
static bool look(struct arena *arena, const char *path, struct advisory_copy *out)
{
	static const struct str inside[] = { STR(".git"), STR("") };
	int64_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		const char *git = inside[i].n > 0 ? file_join(arena, path, inside[i]) : path;

		if (!written_at(file_join(arena, git, STR_LIT("HEAD")), &at))
			continue;
		*out = (struct advisory_copy){ .path = str_of(path) };
		if (written_at(file_join(arena, git, STR_LIT("FETCH_HEAD")), &at))
			out->fetched_at = at;
		return true;
	}
	return false;
}

bool advisory_copy_find(struct arena *arena, const char *cargo_home, struct advisory_copy *out)
{
	struct advisory_copy copy;
	bool found = false;

	for (size_t i = 0; cargo_home && i < ARRAY_LEN(FOLDERS); i++) {
		if (!look(arena, file_join(arena, cargo_home, FOLDERS[i]), &copy) ||
		    (found && copy.fetched_at <= out->fetched_at))
			continue;
		*out = copy;
		found = true;
	}
	return found;
}
