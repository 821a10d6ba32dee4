#include "audit/index_path.h"
#include "audit/limits.h" /* CRATE_NAME_MAX, 64 bytes: what crates.io accepts */

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

bool index_path(struct arena *arena, struct str name, struct str *out, struct err *err)
{
	char low[CRATE_NAME_MAX + 1] = { 0 };

	if (name.n < 1 || name.n > CRATE_NAME_MAX)
		return err_set(err, ERR_INPUT, "crate name of %zu bytes", name.n);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!is_name_byte(c))
			return err_set(err, ERR_INPUT, "byte 0x%02x in a crate name",
			               (unsigned)(unsigned char)c);
		low[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	if (name.n <= 2)
		*out = arena_printf(arena, "%zu/%s", name.n, low);
	else if (name.n == 3)
		*out = arena_printf(arena, "3/%c/%s", low[0], low);
	else
		*out = arena_printf(arena, "%.2s/%.2s/%s", low, low + 2, low);
	return true;
}
