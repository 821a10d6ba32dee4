#include "cli/parts.h"
#include "audit/limits.h"

static void add(struct arena *arena, struct parts *parts, const char *kind, struct str name,
                struct str value)
{
	*vec_add(arena, parts) = (struct parcel_part){ str_of(kind), name, value };
	parts->total_bytes += value.n;
}

bool parts_add(struct arena *arena, struct parts *parts, const char *kind, struct str name,
               struct str value, struct err *err)
{
	if (value.n > REQUEST_MAX_BYTES - parts->total_bytes)
		return err_set(err, ERR_LIMIT, "the project's files have more than %d bytes",
		               REQUEST_MAX_BYTES);
	add(arena, parts, kind, name, value);
	return true;
}

void parts_option(struct arena *arena, struct parts *parts, const char *name, struct str value)
{
	add(arena, parts, "option", str_of(name), value);
}
