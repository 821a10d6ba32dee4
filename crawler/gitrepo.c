#include "crawler/gitrepo.h"
#include "base/file.h"
#include "crawler/fetch_host.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a fetch leaves what HEAD of the remote is. */
#define FETCHED_REF "refs/rtaudit/head"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
	if (git_libgit2_init() < 0)
		abort();
	/* We read objects and nothing else, so a repository of another owner can do no harm. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	/* The hash of what is read is checked where a pack is fetched or unpacked; again at each
	 * read it costs a tenth of reading an index, and git itself leaves it out. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	/* Of trees and commits; the default of 256 MB is all that an index may take. */
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)(16 << 20));
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The certificates hold for the whole process, which fetches on one thread. */
static void set_authorities(const struct gitrepo_network *network)
{
	const char *file = variable("GIT_SSL_CAINFO"), *folder = variable("SSL_CERT_DIR");

	if (!file && network)
		file = network->authorities;
	if (!file)
		file = variable("SSL_CERT_FILE");
	if (file || folder)
		git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}

/* Writes the proxy into the configuration of our own clone: of one that is an option of the fetch,
 * libgit2 1.5 loses the memory each time. It wants a scheme before the address; cargo's may have
 * none. */
static bool set_proxy(git_repository *repository, const struct gitrepo_network *network,
                      struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *proxy = network ? network->proxy : NULL, *key = "http.proxy";
	git_config *config = NULL;
	int rc = git_repository_config(&config, repository);

	if (proxy && !strstr(proxy, "://"))
		proxy = arena_printf(&arena, "http://%s", proxy).p;
	if (rc == 0)
		rc = proxy ? git_config_set_string(config, key, proxy)
		           : git_config_delete_entry(config, key);
	git_config_free(config);
	return rc == 0 || (!proxy && rc == GIT_ENOTFOUND) ? true : gitrepo_error(err, ERR_IO, key);
}

bool gitrepo_error(struct err *err, enum err_kind kind, const char *what)
{
	const git_error *last = git_error_last();

	return err_set(err, kind, "%s: %s", what,
	               last && last->message ? last->message : "git failed");
}

static int end_of(const git_tree_entry *entry)
{
	return git_tree_entry_type(entry) == GIT_OBJECT_TREE ? '/' : '\0';
}

int gitrepo_entry_cmp(const git_tree_entry *a, const git_tree_entry *b)
{
	const char *p = git_tree_entry_name(a), *q = git_tree_entry_name(b);

	while (*p && *p == *q) {
		p++;
		q++;
	}
	return (*p ? (unsigned char)*p : end_of(a)) - (*q ? (unsigned char)*q : end_of(b));
}

static bool read_head(struct gitrepo *repo, const char *ref, const char *name, struct err *err)
{
	git_reference *reference = NULL;
	git_object *commit = NULL;
	/* git_revparse_single of libgit2 1.5 loses a reference that leads to a missing object. */
	int rc = git_reference_lookup(&reference, repo->repository, ref);

	if (rc == 0)
		rc = git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT);
	if (rc == 0)
		repo->head = *git_object_id(commit);
	git_object_free(commit);
	git_reference_free(reference);
	return rc == 0 ? true : gitrepo_error(err, ERR_INPUT, name);
}

int gitrepo_open(struct gitrepo *out, const char *path, struct err *err)
{
	struct gitrepo repo = { 0 };

	pthread_once(&once, start_library);
	int rc = git_repository_open_ext(&repo.repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
	                                 NULL);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0) {
		gitrepo_error(err, ERR_IO, path);
		return -1;
	}
	if (!read_head(&repo, "HEAD", path, err)) {
		gitrepo_close(&repo);
		return -1;
	}
	*out = repo;
	return 1;
}

/* What a long piece of libgit2's work looks at. */
struct watch {
	const struct stop *stop;
	struct gitrepo_progress *progress; /* NULL: nobody looks */
	bool too_large, stopped;
};

static int on_progress(const git_indexer_progress *progress, void *owner)
{
	struct watch *watch = owner;

	watch->stopped = stop_is_raised(watch->stop);
	if (watch->progress) {
		atomic_store(&watch->progress->received, progress->received_objects);
		atomic_store(&watch->progress->total, progress->total_objects);
	}
	watch->too_large = progress->received_bytes > GITREPO_FETCH_MAX_BYTES ||
	                   progress->total_objects > GITREPO_OBJECTS_MAX;
	return watch->stopped || watch->too_large ? -1 : 0;
}

static int on_message(const char *text, int n, void *owner)
{
	struct watch *watch = owner;

	(void)text;
	(void)n;
	watch->stopped = stop_is_raised(watch->stop);
	return watch->stopped ? -1 : 0;
}

static bool watch_error(const struct watch *watch, struct err *err, enum err_kind kind,
                        const char *what)
{
	if (watch->stopped)
		return err_set(err, ERR_STOPPED, "%s: stopped", what);
	if (watch->too_large)
		return err_set(err, ERR_LIMIT, "%s: larger than %d bytes or %d objects", what,
		               GITREPO_FETCH_MAX_BYTES, GITREPO_OBJECTS_MAX);
	return gitrepo_error(err, kind, what);
}

static bool is_allowed(const char *url, struct err *err)
{
	struct fetch_origin origin;

	if (!fetch_origin_of(url, &origin, err))
		return false;
	if (!origin.is_https && !origin.is_loopback)
		return err_set(err, ERR_INPUT, "%s is not encrypted", origin.text);
	return true;
}

static bool fetch_head(git_repository *repository, const char *url,
                       const struct gitrepo_network *network, struct watch *watch, struct err *err)
{
	char spec[] = "+HEAD:" FETCHED_REF;
	char *specs[] = { spec };
	git_strarray refspecs = { specs, 1 };
	git_fetch_options options;
	git_remote_create_options remote_options;
	git_remote *remote = NULL;

	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks.transfer_progress = on_progress;
	options.callbacks.sideband_progress = on_message;
	options.callbacks.payload = watch;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.update_fetchhead = 0;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	set_authorities(network);
	/* Else each fetch would match every key of git's configuration against an expression, and
	 * libgit2 1.5 loses 20 KB of memory a key that does not match. */
	git_remote_create_options_init(&remote_options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	remote_options.repository = repository;
	remote_options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
	int rc = git_remote_create_with_opts(&remote, url, &remote_options);
	if (rc == 0)
		rc = git_remote_fetch(remote, &refspecs, &options, NULL);
	git_remote_free(remote);
	return rc == 0 ? true : watch_error(watch, err, ERR_NETWORK, url);
}

bool gitrepo_fetch(struct gitrepo *out, const char *folder, const char *url,
                   const struct gitrepo_network *network, const struct stop *stop,
                   struct gitrepo_progress *progress, struct err *err)
{
	struct gitrepo repo = { 0 };
	struct watch watch = { .stop = stop, .progress = progress };

	pthread_once(&once, start_library);
	if (!is_allowed(url, err))
		return false;
	int rc = git_repository_open_ext(&repo.repository, folder,
	                                 GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE,
	                                 NULL);
	if (rc == GIT_ENOTFOUND)
		rc = git_repository_init(&repo.repository, folder, 1);
	if (rc < 0)
		return gitrepo_error(err, ERR_IO, folder);
	if (!set_proxy(repo.repository, network, err) ||
	    !fetch_head(repo.repository, url, network, &watch, err) ||
	    !read_head(&repo, FETCHED_REF, url, err)) {
		gitrepo_close(&repo);
		return false;
	}
	*out = repo;
	return true;
}

static bool is_magic(struct str line)
{
	return str_eq(line, STR_LIT("# v2 git bundle")) || str_eq(line, STR_LIT("# v3 git bundle"));
}

static bool read_reference(struct gitrepo_bundle *out, struct str line, const char *path,
                           struct err *err)
{
	struct str hex, name;
	char digits[GIT_OID_HEXSZ + 1] = { 0 };
	git_oid oid;

	if (!str_cut(line, ' ', &hex, &name) || hex.n != GIT_OID_HEXSZ)
		return err_set(err, ERR_INPUT, "%s: a damaged bundle", path);
	memcpy(digits, hex.p, GIT_OID_HEXSZ);
	if (git_oid_fromstr(&oid, digits) < 0)
		return err_set(err, ERR_INPUT, "%s: a damaged bundle", path);
	bool is_head = str_eq(name, STR_LIT("HEAD"));
	if (is_head || (!out->has_head && str_starts(name, STR_LIT("refs/heads/"))))
		out->head = oid;
	out->has_head = out->has_head || is_head || str_starts(name, STR_LIT("refs/heads/"));
	return true;
}

bool gitrepo_bundle_parse(struct str bytes, const char *path, struct gitrepo_bundle *out,
                          struct err *err)
{
	struct gitrepo_bundle head = { 0 };
	struct str rest = bytes, line;

	/* also a hash that is none is told through the library's state */
	pthread_once(&once, start_library);
	if (!str_cut(rest, '\n', &line, &rest) || !is_magic(line))
		return err_set(err, ERR_INPUT, "%s is no git bundle", path);
	while (str_cut(rest, '\n', &line, &rest) && line.n > 0) {
		if (line.p[0] == '-')
			return err_set(err, ERR_INPUT,
			               "%s: the bundle needs commits that are not in it", path);
		if (line.p[0] == '@' && !str_eq(line, STR_LIT("@object-format=sha1")))
			return err_set(err, ERR_INPUT,
			               "%s: a bundle with '" STR_FMT "', which is not read", path,
			               STR_ARG(str_sub(line, 0, 60)));
		if (line.p[0] != '@' && !read_reference(&head, line, path, err))
			return false;
	}
	if (!head.has_head)
		return err_set(err, ERR_INPUT, "%s: the bundle holds no branch", path);
	head.pack_at = bytes.n - rest.n;
	*out = head;
	return true;
}

bool gitrepo_is_bundle(const char *path)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[16] = { 0 };
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, magic, 15) == 15 &&
	       is_magic(str_of(magic));
}

/* Feeds the pack to an indexer, which writes NAME.pack and NAME.idx into `folder`. */
static bool index_pack(struct str pack, const char *folder, const char *path,
                       const struct stop *stop, struct arena *arena, const char **index,
                       struct err *err)
{
	struct watch watch = { .stop = stop };
	git_indexer_progress stats = { 0 };
	git_indexer_options options;
	git_indexer *indexer = NULL;

	git_indexer_options_init(&options, GIT_INDEXER_OPTIONS_VERSION);
	options.progress_cb = on_progress;
	options.progress_cb_payload = &watch;
	int rc = git_indexer_new(&indexer, folder, 0600, NULL, &options);
	for (size_t at = 0; rc == 0 && at < pack.n;) {
		size_t n = pack.n - at < (1 << 20) ? pack.n - at : 1 << 20;
		rc = git_indexer_append(indexer, pack.p + at, n, &stats);
		at += n;
	}
	if (rc == 0)
		rc = git_indexer_commit(indexer, &stats);
	if (rc == 0)
		*index = arena_printf(arena, "%s/pack-%s.idx", folder, git_indexer_name(indexer)).p;
	git_indexer_free(indexer);
	return rc == 0 ? true : watch_error(&watch, err, ERR_INPUT, path);
}

static bool wrap_pack(struct gitrepo *repo, const char *index, const char *path, struct err *err)
{
	git_odb *odb = NULL;
	git_odb_backend *backend = NULL;
	int rc = git_odb_new(&odb);

	if (rc == 0)
		rc = git_odb_backend_one_pack(&backend, index);
	if (rc == 0)
		rc = git_odb_add_backend(odb, backend, 1);
	if (rc == 0)
		rc = git_repository_wrap_odb(&repo->repository, odb);
	git_odb_free(odb); /* the repository holds its own reference */
	return rc == 0 ? true : gitrepo_error(err, ERR_INPUT, path);
}

bool gitrepo_open_bundle(struct gitrepo *out, const char *path, const char *folder,
                         const struct stop *stop, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gitrepo repo = { 0 };
	struct gitrepo_bundle head = { 0 };
	struct str bytes;
	const char *index = NULL;

	pthread_once(&once, start_library);
	if (!file_read(&arena, path, GITREPO_FETCH_MAX_BYTES, &bytes, err) ||
	    !gitrepo_bundle_parse(bytes, path, &head, err) || !file_make_folders(folder, 0700, err))
		return false;
	repo.temporary = strdup(arena_printf(&arena, "%s/bundle-XXXXXX", folder).p);
	if (!repo.temporary)
		abort();
	if (!mkdtemp(repo.temporary)) {
		err_set(err, ERR_IO, "%s: %m", repo.temporary);
		free(repo.temporary);
		return false;
	}
	repo.head = head.head;
	if (!index_pack(str_sub(bytes, head.pack_at, bytes.n), repo.temporary, path, stop, &arena,
	                &index, err) ||
	    !wrap_pack(&repo, index, path, err)) {
		gitrepo_close(&repo);
		return false;
	}
	*out = repo;
	return true;
}

int gitrepo_open_path(struct gitrepo *out, const char *path, const char *folder,
                      const struct stop *stop, struct err *err)
{
	if (!gitrepo_is_bundle(path))
		return gitrepo_open(out, path, err);
	return gitrepo_open_bundle(out, path, folder, stop, err) ? 1 : -1;
}

/* Removes a folder that holds files alone. */
static void remove_folder(const char *folder)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	struct err err = { 0 };

	if (file_list(&arena, folder, 1000, &names, &err))
		for (size_t i = 0; i < names.n; i++)
			unlink(file_join(&arena, folder, names.p[i]));
	rmdir(folder);
}

void gitrepo_close(struct gitrepo *repo)
{
	git_repository_free(repo->repository);
	if (repo->temporary)
		remove_folder(repo->temporary);
	free(repo->temporary);
	*repo = (struct gitrepo){ 0 };
}
