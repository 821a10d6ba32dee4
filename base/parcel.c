#include "base/parcel.h"

enum { KIND_MAX_BYTES = 32, LINE_MAX_BYTES = KIND_MAX_BYTES + 2 * 21 };

void parcel_put(struct buf *to, const char *kind, struct str name, struct str value)
{
	buf_text(to, kind);
	buf_byte(to, ' ');
	buf_u64(to, name.n);
	buf_byte(to, ' ');
	buf_u64(to, value.n);
	buf_byte(to, '\n');
	buf_put(to, name);
	buf_put(to, value);
}

static bool is_kind(struct str s)
{
	if (s.n < 1 || s.n > KIND_MAX_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '-' && (s.p[i] < 'a' || s.p[i] > 'z'))
			return false;
	return true;
}

int parcel_next(struct str *rest, struct parcel_part *out, struct err *err)
{
	struct str line = { 0 }, kind = { 0 }, counts = { 0 }, name_n = { 0 }, value_n = { 0 };
	uint64_t name_bytes = 0, value_bytes = 0;

	if (rest->n == 0)
		return 0;
	/* The line end is looked for no further than it may stand. */
	if (!str_cut(str_sub(*rest, 0, LINE_MAX_BYTES), '\n', &line, &counts))
		return err_fail(err, ERR_USAGE,
		                "a part of the request has no line 'KIND BYTES BYTES'");
	size_t head = line.n + 1;

	if (!str_cut(line, ' ', &kind, &counts) || !str_cut(counts, ' ', &name_n, &value_n) ||
	    !is_kind(kind) || !str_to_u64(name_n, &name_bytes) ||
	    !str_to_u64(value_n, &value_bytes))
		return err_fail(err, ERR_USAGE,
		                "a part of the request begins with '" STR_FMT
		                "' instead of 'KIND BYTES BYTES'",
		                STR_ARG(line));
	size_t left = rest->n - head;

	if (name_bytes > left || value_bytes > left - name_bytes)
		return err_fail(err, ERR_USAGE, "the request ends inside its part '" STR_FMT "'",
		                STR_ARG(kind));
	const char *name = rest->p + head, *value = name + name_bytes;

	*out = (struct parcel_part){ kind, { name, name_bytes }, { value, value_bytes } };
	*rest = (struct str){ value + value_bytes, left - name_bytes - value_bytes };
	return 1;
}
