/* audit/lock_document.h: what stands in a Cargo.lock, in its own order, before its packages are
 * sorted and what they depend on is found. audit/lockfile alone uses it.
 * Source: as audit/lockfile. Threads: pure. Memory: the file's bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_LOCK_DOCUMENT_H
#define RTAUDIT_AUDIT_LOCK_DOCUMENT_H
#include "audit/lockfile.h"

/* A text that names another package, and where it stands. */
struct lock_reference {
	struct str text;
	uint32_t line;
};

struct raw_package {
	struct locked_package package;
	size_t first_dep, dep_n;       /* in the document's deps */
	struct lock_reference replace; /* line 0: none */
	unsigned seen;                 /* bit of each key that was read; private */
};
struct raw_package_list VEC_OF(struct raw_package);

/* A line of [metadata], as version 1 has them. */
struct lock_checksum {
	struct lock_reference of;
	struct str value;
};

struct lock_document {
	struct str name; /* of the file, for messages */
	struct raw_package_list packages, unused;
	struct {
		struct lock_reference *p;
		size_t n, cap;
	} deps;
	struct {
		struct lock_checksum *p;
		size_t n, cap;
	} checksums;
	uint32_t version;   /* 0 where the file does not say */
	bool has_checksums; /* a package has its own, which version 1 does not write */
};

/* Reads all of it; ERR_INPUT and ERR_LIMIT as lockfile_parse has them. */
MUST_CHECK bool lock_document_read(struct arena *arena, struct str bytes, struct str name,
                                   struct lock_document *out, struct err *err);
/* Sets a package's checksum. ERR_INPUT unless it has 64 hexadecimal digits. */
MUST_CHECK bool lock_document_set_checksum(const struct lock_document *document,
                                           struct locked_package *package,
                                           const struct lock_reference *value, struct err *err);
/* Puts "NAME:LINE: " before the sentence in err, and returns false. */
bool lock_document_at(const struct lock_document *document, uint32_t line, struct err *err);
#endif
