#include "crawler/index_dir.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "base/file.h"
#include "crawler/index_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* "se/rd/serde": a file lies below one or two folders, never deeper. */
enum { DEPTH_MAX = 2 };

struct walk {
	struct str registry;
	int64_t fetched_at;
	struct ingest *ingest;
	struct fact_cache *cache;
	const struct stop *stop;
	struct index_dir_counts *counts;
};

static void count(struct index_item *item)
{
	const struct err *err = &item->item.err;
	struct index_dir_counts *counts = item->owner;

	if (err->kind == ERR_NONE) {
		atomic_fetch_add(&counts->crates, 1);
		atomic_fetch_add(&counts->versions, item->file.n);
	} else if (atomic_fetch_add(&counts->refused, 1) == 0) {
		counts->first = *err;
	}
}

static bool is_index_file(struct arena *arena, const char *path)
{
	struct str slash, name = str_of(path), should;
	struct err err = { 0 };
	size_t at = str_find_last(name, '/');

	slash = name;
	if (at == STR_NONE)
		return false;
	name = str_sub(name, at + 1, name.n);
	return index_path(arena, name, &should, &err) && str_eq(should, slash);
}

/* One file; what cannot be read is counted as refused. */
static void read_file(struct walk *walk, int folder, const char *path, const char *name)
{
	CLEANUP(fd_close)
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct index_item *item = index_item_new(INDEX_NEWS_FILE, walk->registry, str_of(name));
	struct str body = { 0 };
	struct err *err = &item->item.err;
	bool ok = fd >= 0 ? file_read_fd(&item->arena, fd, path, INDEX_FILE_MAX_BYTES, &body, err)
	                  : err_set(err, ERR_IO, "%s: %m", path);

	atomic_fetch_add(&walk->counts->files, 1);
	item->owner = walk->counts;
	if (!ok) {
		count(item);
		index_item_free(&item);
		return;
	}
	index_item_body(item, body);
	item->fetched_at = walk->fetched_at;
	item->cache = walk->cache;
	item->told = count;
	ingest_put(walk->ingest, &item->item);
}

static bool is_folder(int folder, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* The folder `fd`, which it closes; `prefix` is its path below the root, with a '/' behind it. */
static bool walk_folder(struct walk *walk, int fd, const char *prefix, unsigned depth,
                        struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	bool ok = true;

	if (!dir) {
		close(fd);
		return err_set(err, ERR_IO, "%s: %m", prefix);
	}
	while (ok && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (stop_is_raised(walk->stop)) {
			ok = err_set(err, ERR_STOPPED, "the reading of an index was stopped");
			break;
		}
		const char *path = arena_printf(&arena, "%s%s", prefix, entry->d_name).p;
		if (!is_folder(dirfd(dir), entry)) {
			if (is_index_file(&arena, path))
				read_file(walk, dirfd(dir), path, entry->d_name);
		} else if (depth < DEPTH_MAX && strlen(entry->d_name) <= 2) {
			int below = openat(dirfd(dir), entry->d_name,
			                   O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
			ok = below >= 0
			             ? walk_folder(walk, below, arena_printf(&arena, "%s/", path).p,
			                           depth + 1, err)
			             : err_set(err, ERR_IO, "%s: %m", path);
		}
	}
	closedir(dir);
	return ok;
}

bool index_dir_read(const char *folder, struct str registry, int64_t fetched_at,
                    struct ingest *ingest, struct fact_cache *cache, const struct stop *stop,
                    struct index_dir_counts *counts, struct err *err)
{
	struct walk walk = { registry, fetched_at, ingest, cache, stop, counts };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*counts = (struct index_dir_counts){ 0 };
	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_IO, "%s: %m", folder);
	bool ok = walk_folder(&walk, fd, "", 0, err);
	ingest_drain(ingest);
	if (!ok)
		return false;
	if (atomic_load(&counts->files) == 0)
		return err_set(err, ERR_INPUT, "%s holds no index file (such as se/rd/serde)",
		               folder);
	if (counts->first.kind == ERR_STORE && atomic_load(&counts->crates) == 0) {
		*err = counts->first;
		return false;
	}
	return true;
}
