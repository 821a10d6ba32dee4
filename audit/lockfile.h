/* audit/lockfile.h: Cargo.lock, versions 1 to 4.
 * Source: the Cargo Book, "Cargo.toml vs Cargo.lock"; cargo's encoder and decoder of the resolve.
 * Threads: pure. Memory: the file's bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_LOCKFILE_H
#define RTAUDIT_AUDIT_LOCKFILE_H
#include "audit/lock_source.h"
#include "audit/semver.h"
#include "base/vec.h"

enum { PACKAGE_NONE = UINT32_MAX };

struct locked_package {
	struct str name, vers;
	struct version version;
	struct lock_source source;
	struct str checksum; /* 64 hexadecimal digits, or empty */
	/* indices of packages, ascending by (name, version, source), each once */
	uint32_t *deps;
	uint32_t dep_n;
	uint32_t replace; /* what `replace = …` names, or PACKAGE_NONE */
	uint32_t line;    /* of its [[package]] */
};

struct lockfile {
	uint32_t version; /* 1..4 */
	/* sorted by (name, version, source) as cargo orders package ids */
	struct locked_package *packages;
	uint32_t n;
	struct locked_package *unused_patches; /* [[patch.unused]]; they have no dependencies */
	uint32_t unused_n;
};

/* Reads a whole lock. `name` ("Cargo.lock") begins every message: "Cargo.lock:118: …". ERR_INPUT
 * for bytes that are no lock, a version newer than 4, a package without name or version, one that
 * stands twice, a dependency that is not in the file or that fits several packages; ERR_LIMIT above
 * the ceilings. A file that is TOML but no lock (a manifest, a configuration) is told apart and
 * named. A cycle is accepted: dev dependencies make them. */
MUST_CHECK bool lockfile_parse(struct arena *arena, struct str bytes, struct str name,
                               struct lockfile *out, struct err *err);
/* Order of packages: name, version, source text. */
int locked_package_cmp(const struct locked_package *a, const struct locked_package *b);
/* The packages of a name stand side by side:
 *	for (uint32_t p = lockfile_first(lock, name); lockfile_names(lock, p, name); p++) */
uint32_t lockfile_first(const struct lockfile *lock, struct str name);
static inline bool lockfile_names(const struct lockfile *lock, uint32_t package, struct str name)
{
	return package < lock->n && str_eq(lock->packages[package].name, name);
}
#endif
