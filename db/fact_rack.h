/* db/fact_rack.h: decoded facts of versions, kept in memory under a ceiling.
 *
 * Facts lie on shelves: a shelf is one arena with some tens of versions that were loaded together,
 * for an arena a version would cost more than what lies in it. A shelf on the rack is found by
 * crate and version; forgetting a crate takes its versions off their shelves. Loans hold whole
 * shelves, so that one count a shelf is enough for a lock of a thousand packages; the counts exist
 * because a forgotten or displaced shelf must live on until the last audit that reads it has ended.
 * Source: measured: 1,000 packages of one project take some 7 MB decoded.
 * Threads: none of its own; the owner locks around every call but those on a shelf that is not
 * racked yet.
 * Memory: its own. */
#ifndef RTAUDIT_DB_FACT_RACK_H
#define RTAUDIT_DB_FACT_RACK_H
#include "audit/facts.h"

/* A shelf with more than this in it takes no further version. */
enum { SHELF_FULL_BYTES = 96 << 10 };

struct rack_crate;

/* The facts of one version; lives in the arena of its shelf, as all that they point to. */
struct rack_version {
	struct wanted key;
	struct package_facts facts;
	struct shelf *shelf;
	struct rack_crate *crate;      /* NULL while it is not on the rack */
	struct rack_version *of_crate; /* the next one of the crate */
	struct rack_version *on_shelf; /* the next one of the shelf */
};

struct shelf {
	struct arena arena;
	size_t holders;              /* loans, and the rack */
	uint64_t used;               /* the rack's tick at its last use */
	uint64_t load;               /* the load that took it last, so that it takes it once */
	struct rack_version *first;  /* all that were put on it */
	size_t live;                 /* of these, findable */
	struct shelf *before, *next; /* on the rack */
	size_t counted_bytes;        /* of the rack's bytes, what this shelf has */
	bool racked;
};

struct fact_rack {
	struct rack_crate **buckets; /* by the hash of the crate's name */
	size_t mask, crates;         /* mask: buckets - 1, 0 where there are none */
	struct shelf *shelves;
	size_t bytes, max_bytes; /* of all racked shelves */
	uint64_t tick;
};

/* A new shelf, held once by the caller. */
struct shelf *shelf_make(void);
void shelf_hold(struct shelf *shelf);
/* Gives one hold back; the last one frees. */
void shelf_release(struct shelf *shelf);
/* A new version on the shelf; its key is copied. */
struct rack_version *shelf_add(struct shelf *shelf, const struct wanted *key);

/* The version on the rack, or NULL; its shelf counts as used. */
struct rack_version *rack_find(struct fact_rack *rack, const struct wanted *key);
/* Makes a version findable, unless the rack has one of that key. Its shelf becomes racked. */
void rack_put(struct fact_rack *rack, struct rack_version *version);
void rack_forget_crate(struct fact_rack *rack, struct str registry, struct str name);
void rack_forget_all(struct fact_rack *rack);
/* Displaces the shelves not used for longest until at most max_bytes are racked, but none that is
 * on loan. */
void rack_trim(struct fact_rack *rack, size_t max_bytes);
void rack_free(struct fact_rack *rack); /* what is on loan lives on */
#endif
