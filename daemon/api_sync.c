#include "daemon/api_sync.h"
#include "audit/limits.h"
#include "base/jsonout.h"
#include "daemon/params.h"
#include "daemon/service.h"
#include "db/store_fact.h"

enum { REPORT_MAX_BYTES = 4 << 20 };

/* The columns of a table of facts, as `sync --facts` reads them. */
struct export_column {
	const char *name;
	size_t offset; /* of its struct str in struct manifest_fact */
};
static const struct export_column EXPORT_COLUMNS[] = {
	{ "crate", offsetof(struct manifest_fact, name) },
	{ "version", offsetof(struct manifest_fact, vers) },
	{ "repository", offsetof(struct manifest_fact, repository) },
	{ "license", offsetof(struct manifest_fact, license) },
	{ "maintenance_badge", offsetof(struct manifest_fact, maintenance_badge) },
	{ "vcs_sha1", offsetof(struct manifest_fact, vcs_sha1) },
	{ "vcs_path", offsetof(struct manifest_fact, vcs_path) },
	{ "no_std", offsetof(struct manifest_fact, no_std) },
	{ "no_std_cfg", offsetof(struct manifest_fact, no_std_cfg) },
	{ "links", offsetof(struct manifest_fact, links) },
	{ "edition", offsetof(struct manifest_fact, edition) },
	{ "rust_version", offsetof(struct manifest_fact, rust_version) },
	{ "build_script", offsetof(struct manifest_fact, build_script) },
	{ "homepage", offsetof(struct manifest_fact, homepage) },
	{ "description", offsetof(struct manifest_fact, description) },
	{ "registry", offsetof(struct manifest_fact, registry) },
};

static void report_as_json(const struct sync_report *report, struct buf *to)
{
	struct jsonout json = jsonout_open(to, 2);

	jsonout_object(&json);
	jsonout_key(&json, "schema");
	jsonout_text(&json, "rtaudit.sync/1");
	jsonout_key(&json, "sources");
	jsonout_array(&json);
	for (size_t i = 0; i < report->rows.n; i++) {
		const struct sync_row *row = &report->rows.p[i];

		jsonout_object(&json);
		jsonout_key(&json, "source");
		jsonout_str(&json, row->source);
		jsonout_key(&json, "text");
		jsonout_str(&json, row->text);
		jsonout_key(&json, "failed");
		jsonout_bool(&json, row->failed);
		jsonout_object_end(&json);
	}
	jsonout_array_end(&json);
	jsonout_object_end(&json);
	buf_byte(to, '\n');
}

static void report_as_text(const struct sync_report *report, struct buf *to)
{
	size_t widest = 0;

	for (size_t i = 0; i < report->rows.n; i++)
		if (report->rows.p[i].source.n > widest)
			widest = report->rows.p[i].source.n;
	for (size_t i = 0; i < report->rows.n; i++) {
		const struct sync_row *row = &report->rows.p[i];

		buf_put(to, row->source);
		buf_repeat(to, ' ', widest - row->source.n + 2);
		if (row->failed)
			buf_text(to, "failed: ");
		buf_put(to, row->text);
		buf_byte(to, '\n');
	}
}

/* `sync SOURCE…` picks some of the configured sources. */
static bool pick_sources(const struct service *service, const struct str_list *sources,
                         struct sync_request *sync, struct err *err)
{
	for (size_t i = 0; i < sources->n; i++) {
		struct str name = sources->p[i];

		if (str_eq(name, STR_LIT("index")))
			sync->index_configured = true;
		else if (str_eq(name, STR_LIT("advisories")))
			sync->advisories = str_of(service->config.advisories_url);
		else if (str_eq(name, STR_LIT("archives")))
			sync->archives = true;
		else
			return err_set(err, ERR_USAGE,
			               "unknown source '" STR_FMT
			               "'; there are index, advisories and archives",
			               STR_ARG(str_sub(name, 0, 64)));
	}
	return true;
}

/* A source is a URL, or a path that the client made absolute: the daemon has a working folder of
 * its own. */
static bool check_source(struct str source, struct err *err)
{
	bool is_url = str_find_str(source, STR_LIT("://")) != STR_NONE;

	if (source.n == 0 || (str_find(source, '\0') == STR_NONE && (is_url || source.p[0] == '/')))
		return true;
	return err_set(err, ERR_USAGE, "the source '" STR_FMT "' is no URL and no absolute path",
	               STR_ARG(str_sub(source, 0, 128)));
}

bool api_sync(struct service *service, const struct request *request, struct answer *answer,
              struct err *err)
{
	struct sync_request sync = { 0 };
	struct sync_report report = { 0 };
	struct str format = { 0 };
	struct str_list sources = { 0 };
	bool json = false;
	const struct param params[] = {
		{ .name = "source", .values = &sources },
		{ .name = "index", .value = &sync.index },
		{ .name = "advisories", .value = &sync.advisories },
		{ .name = "facts", .value = &sync.facts },
		{ .name = "offline", .given = &sync.offline },
		{ .name = "format", .value = &format },
	};

	if (!request->trusted)
		return err_set(err, ERR_USAGE, "only the daemon's own user may fill its store");
	if (!params_read(request->arena, request->body, params, ARRAY_LEN(params), err) ||
	    !params_format(format, &json, err) || !check_source(sync.index, err) ||
	    !check_source(sync.advisories, err) || !check_source(sync.facts, err) ||
	    !pick_sources(service, &sources, &sync, err))
		return false;
	sync.offline = sync.offline || service->config.offline;
	sync.all_configured = sync.index.n == 0 && sync.advisories.n == 0 && sync.facts.n == 0 &&
	                      !sync.index_configured && !sync.archives;
	if (!crawl_sync(service->crawl, request->arena, &sync, &report, err))
		return false;
	answer->body = buf_make(REPORT_MAX_BYTES);
	(json ? report_as_json : report_as_text)(&report, &answer->body);
	for (size_t i = 0; i < report.rows.n; i++)
		if (report.rows.p[i].failed)
			answer->exit_status = err_exit_status(ERR_NETWORK);
	answer->content_type = answer_content_type(json ? (struct str)STR("json") : format);
	return buf_done(&answer->body, "the report", err);
}

/* One cell: what would end it or its line becomes a blank. */
static void put_cell(struct buf *to, struct str cell)
{
	char *at = buf_room(to, cell.n);

	if (!at)
		return;
	for (size_t i = 0; i < cell.n; i++) {
		unsigned char c = (unsigned char)cell.p[i];

		at[i] = c < 0x20 || c == 0x7f ? ' ' : cell.p[i];
	}
	to->n += cell.n;
}

static const char *known_word(enum known known)
{
	switch (known) {
	case KNOWN_NOT:
		return "";
	case KNOWN_NO:
		return "no";
	case KNOWN_YES:
		return "yes";
	}
	return "";
}

static void put_fact(struct buf *to, const struct manifest_fact *fact)
{
	for (size_t i = 0; i < ARRAY_LEN(EXPORT_COLUMNS); i++) {
		const char *at = (const char *)fact + EXPORT_COLUMNS[i].offset;
		struct str cell = { 0 };

		memcpy(&cell, at, sizeof cell);
		put_cell(to, cell);
		buf_byte(to, '\t');
	}
	buf_text(to, known_word(fact->proc_macro));
	buf_byte(to, '\n');
}

static bool put_facts(struct service *service, struct buf *to, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	CLEANUP(store_fact_end) struct fact_cursor *cursor = NULL;
	int got = 1;

	if (!db_reader_lend(service->pool, &reader, err))
		return false;
	while (got == 1) {
		/* One row's memory at a time: the table may have a million of them. */
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct manifest_fact fact = { 0 };

		got = store_fact_next(reader, &cursor, &arena, &fact, err);
		if (got == 1)
			put_fact(to, &fact);
		if (to->full || stop_is_raised(&service->stop))
			break;
	}
	return got >= 0;
}

bool api_sync_export(struct service *service, const struct request *request, struct answer *answer,
                     struct err *err)
{
	bool facts = false;
	const struct param params[] = { { .name = "facts", .given = &facts } };

	if (!params_read(request->arena, request->body, params, ARRAY_LEN(params), err))
		return false;
	if (!facts)
		return err_set(err, ERR_USAGE, "what is to be exported? there is: facts");
	answer->body = buf_make(RESPONSE_MAX_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(EXPORT_COLUMNS); i++) {
		buf_text(&answer->body, EXPORT_COLUMNS[i].name);
		buf_byte(&answer->body, '\t');
	}
	buf_text(&answer->body, "proc_macro\n");
	if (!put_facts(service, &answer->body, err))
		return false;
	if (stop_is_raised(&service->stop))
		return err_set(err, ERR_STOPPED, "the daemon is ending");
	answer->content_type = "text/tab-separated-values; charset=utf-8";
	return buf_done(&answer->body, "the table", err);
}
