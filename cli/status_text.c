#include "cli/status_text.h"
#include "base/jsonpull.h"
#include "base/printable.h"
#include "base/vec.h"
#include "base/when.h"

enum { VALUES_MAX = 10000, SHOWN_MAX_BYTES = 400, NAME_COLUMN = 12 };

/* A scalar of the status, under the keys and array positions that lead to it: "sources.0.name". */
struct value {
	struct str path, text;
	enum json_kind kind;
};
struct values VEC_OF(struct value);

static struct str path_below(struct arena *arena, struct str path, struct str key)
{
	if (path.n == 0)
		return key;
	return arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(key));
}

struct level {
	struct str path;
	size_t position; /* in an array: of the next element */
	bool is_array;
};

/* The path of the value that comes next at a level. */
static struct str next_path(struct arena *arena, struct level *level, struct str key)
{
	if (!level->is_array)
		return path_below(arena, level->path, key);
	return path_below(arena, level->path, arena_printf(arena, "%zu", level->position++));
}

static bool flatten(struct arena *arena, struct str json, struct values *out, struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, json);
	struct level levels[JSON_DEPTH_MAX + 1] = { 0 };
	struct json_token token = { 0 };
	struct str key = { 0 };
	size_t depth = 0;
	int got;

	while ((got = jsonpull_next(&reader, &token, err)) == 1) {
		switch (token.kind) {
		case JSON_KEY:
			key = token.text;
			break;
		case JSON_OBJECT:
		case JSON_ARRAY: {
			struct str path = next_path(arena, &levels[depth], key);

			if (depth == JSON_DEPTH_MAX)
				return err_set(err, ERR_LIMIT, "nested too deeply");
			levels[++depth] = (struct level){
				.path = path,
				.is_array = token.kind == JSON_ARRAY,
			};
			break;
		}
		case JSON_OBJECT_END:
		case JSON_ARRAY_END:
			depth--;
			break;
		case JSON_STRING:
		case JSON_NUMBER:
		case JSON_TRUE:
		case JSON_FALSE:
		case JSON_NULL:
			if (out->n == VALUES_MAX)
				return err_set(err, ERR_LIMIT, "too many values");
			*vec_add(arena, out) =
				(struct value){ next_path(arena, &levels[depth], key), token.text,
				                token.kind };
			break;
		}
	}
	return got == 0;
}

/* The text of a string or number; empty where it is absent or null. */
static struct str find(const struct values *values, const char *path)
{
	for (size_t i = 0; i < values->n; i++)
		if (str_eq(values->p[i].path, str_of(path)))
			return values->p[i].text;
	return (struct str){ 0 };
}

static bool is_true(const struct values *values, const char *path)
{
	for (size_t i = 0; i < values->n; i++)
		if (str_eq(values->p[i].path, str_of(path)))
			return values->p[i].kind == JSON_TRUE;
	return false;
}

static uint64_t number(const struct values *values, const char *path)
{
	uint64_t n = 0;

	return str_to_u64(find(values, path), &n) ? n : 0;
}

static void put_printable(struct buf *to, struct str text)
{
	char shown[SHOWN_MAX_BYTES];

	buf_put(to, (struct str){ shown, printable_copy(shown, sizeof shown, text) });
}

/* 1234567 as "1,234,567". */
static void put_count(struct buf *to, uint64_t n)
{
	char digits[27];
	size_t at = sizeof digits;

	for (size_t i = 0; n > 0 || i == 0; i++, n /= 10) {
		if (i > 0 && i % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + n % 10);
	}
	buf_put(to, (struct str){ digits + at, sizeof digits - at });
}

static void put_counted(struct buf *to, uint64_t n, const char *one, const char *many)
{
	put_count(to, n);
	buf_printf(to, " %s", n == 1 ? one : many);
}

static void put_size(struct buf *to, uint64_t bytes)
{
	if (bytes < 1000000)
		buf_printf(to, "%llu KB", (unsigned long long)((bytes + 999) / 1000));
	else
		buf_printf(to, "%.1f MB", (double)bytes / 1e6);
}

static void put_name(struct buf *to, const char *name)
{
	buf_text(to, name);
	buf_repeat(to, ' ', strlen(name) < NAME_COLUMN ? NAME_COLUMN - strlen(name) : 1);
}

static void put_path(struct buf *to, const struct values *values, const char *name,
                     const char *path)
{
	struct str value = find(values, path);

	if (value.n == 0)
		return;
	put_name(to, name);
	put_printable(to, value);
	buf_byte(to, '\n');
}

static void put_daemon(struct arena *arena, struct buf *to, const struct values *values)
{
	put_name(to, "daemon");
	buf_text(to, "rtauditd ");
	put_printable(to, find(values, "daemon.version"));
	buf_text(to, ", process ");
	put_printable(to, find(values, "daemon.pid"));
	buf_text(to, ", up ");
	buf_put(to, when_span(arena, (int64_t)number(values, "daemon.uptime_seconds")));
	buf_text(to, ", ");
	put_size(to, number(values, "daemon.rss_bytes"));
	buf_text(to, ", ");
	put_counted(to, number(values, "daemon.requests"), "request", "requests");
	if (is_true(values, "daemon.shared"))
		buf_text(to, ", shared by all users");
	if (is_true(values, "daemon.offline"))
		buf_text(to, ", offline");
	buf_byte(to, '\n');
	put_path(to, values, "socket", "daemon.socket");
	put_path(to, values, "knowledge", "daemon.knowledge");
	put_path(to, values, "log", "daemon.log");
}

static void put_database(struct buf *to, const struct values *values)
{
	put_path(to, values, "database", "database.path");
	put_name(to, "");
	put_size(to, number(values, "database.size_bytes"));
	buf_text(to, ": ");
	put_counted(to, number(values, "database.crates"), "crate", "crates");
	buf_text(to, ", ");
	put_counted(to, number(values, "database.versions"), "version", "versions");
	buf_text(to, ", ");
	put_counted(to, number(values, "database.advisories"), "advisory", "advisories");
	buf_byte(to, '\n');
}

/* One source: its name, its age, its address, and why it is no younger. */
static void put_source(struct arena *arena, struct buf *to, const struct values *values, size_t i)
{
	const char *head = arena_printf(arena, "sources.%zu.", i).p;
	struct str age = find(values, arena_printf(arena, "%sage_seconds", head).p);
	struct str failure = find(values, arena_printf(arena, "%slast_error", head).p);
	struct str address = find(values, arena_printf(arena, "%saddress", head).p);
	uint64_t seconds = 0;

	put_name(to, i == 0 ? "sources" : "");
	put_printable(to, find(values, arena_printf(arena, "%sname", head).p));
	if (str_to_u64(age, &seconds) && seconds < 60) {
		buf_text(to, ", read just now");
	} else if (str_to_u64(age, &seconds)) {
		buf_text(to, ", ");
		buf_put(to, when_span(arena, (int64_t)seconds));
		buf_text(to, " old");
	} else {
		buf_text(to, ", never read");
	}
	if (address.n > 0) {
		buf_text(to, ", ");
		put_printable(to, address);
	}
	buf_byte(to, '\n');
	if (failure.n == 0)
		return;
	put_name(to, "");
	buf_text(to, "  last try failed: ");
	put_printable(to, failure);
	buf_byte(to, '\n');
}

bool status_text(struct arena *arena, struct str json, struct buf *to, struct err *err)
{
	struct values values = { 0 };
	struct str work;

	if (!flatten(arena, json, &values, err)) {
		err->kind = ERR_NETWORK;
		err_prefix(err, "rtauditd's status cannot be read: ");
		return false;
	}
	work = find(&values, "work.text");
	put_daemon(arena, to, &values);
	put_database(to, &values);
	for (size_t i = 0; find(&values, arena_printf(arena, "sources.%zu.name", i).p).n > 0; i++)
		put_source(arena, to, &values, i);
	put_name(to, "at work");
	put_printable(to, work.n > 0 ? work : STR_LIT("no"));
	buf_byte(to, '\n');
	return true;
}
