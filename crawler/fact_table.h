/* crawler/fact_table.h: reads a table of manifest facts, what crate archives say, for sites without
 * network.
 *
 * Tab-separated text, plain or gzip; the first line names the columns. `crate` and `version` must
 * be among them; unknown columns are skipped, so that newer tables can be read. `registry`, where
 * it is absent, is crates-io.
 * Source: design page, "Commands" (`rtaudit sync --facts`, `rtaudit export --facts`).
 * Threads: any; writes in the transactions of the pool's writer. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_FACT_TABLE_H
#define RTAUDIT_CRAWLER_FACT_TABLE_H
#include "base/stop.h"
#include "db/db.h"
#include "db/store_fact.h"

enum {
	/* 6,183 versions have 1.5 MB; all 1.6 million of crates.io would have 400 MB. */
	FACT_TABLE_MAX_BYTES = 512 << 20,
	FACT_COLUMNS_MAX = 64
};

struct fact_table_counts {
	size_t rows; /* stored */
	/* left out: no crate or version, a name that no registry has, a word that is none */
	size_t bad;
	size_t first_bad; /* line of the first of them, from 1 */
};

/* Reads the file (absolute path) and stores its rows. ERR_ABSENT, ERR_IO, ERR_LIMIT, ERR_INPUT for
 * a file that is no such table, ERR_STOPPED, ERR_STORE; rows of committed batches stay. */
MUST_CHECK bool fact_table_read(const char *path, int64_t seen_at, struct db_pool *pool,
                                const struct stop *stop, struct fact_table_counts *counts,
                                struct err *err);

/* Where the columns of a table stand; private to the two functions below. */
struct fact_columns {
	size_t n;
	const struct fact_column *at[FACT_COLUMNS_MAX]; /* NULL: skipped */
};
/* Reads the line of names. ERR_INPUT without `crate` or `version`, or with a name that stands
 * twice. */
MUST_CHECK bool fact_columns_parse(struct str line, struct fact_columns *out, struct err *err);
/* Reads one row: slices of the line. False for a bad row. */
bool fact_row_parse(const struct fact_columns *columns, struct str line, struct manifest_fact *out);
#endif
