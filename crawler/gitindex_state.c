#include "crawler/gitindex_state.h"
#include "db/store_source.h"

static struct str source_name(struct arena *arena, const struct gitindex_source *source)
{
	return arena_printf(arena, "git index " STR_FMT, STR_ARG(source->registry));
}

static bool parse(struct str text, struct gitindex_state *out)
{
	char digits[GIT_OID_HEXSZ + 1] = { 0 };
	struct str hex, rest, number;
	struct gitindex_state state = { .phase = GITINDEX_DONE };
	bool more = str_cut(text, ' ', &hex, &rest);

	if (hex.n != GIT_OID_HEXSZ)
		return false;
	memcpy(digits, hex.p, GIT_OID_HEXSZ);
	if (git_oid_fromstr(&state.commit, digits) < 0)
		return false;
	if (more && str_eq(rest, STR_LIT("history"))) {
		state.phase = GITINDEX_HISTORY;
	} else if (more) {
		state.phase = GITINDEX_FILES;
		if (!str_cut(rest, ' ', &number, &rest) || !str_to_u64(number, &state.batches) ||
		    !str_to_u64(rest, &state.order))
			return false;
	}
	*out = state;
	return true;
}

bool gitindex_state_load(struct db_pool *pool, const struct gitindex_source *source,
                         struct gitindex_state *out, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct source_state stored = { 0 };

	*out = (struct gitindex_state){ 0 };
	if (!db_reader_lend(pool, &reader, err))
		return false;
	int got = store_source_get(reader, &arena, source_name(&arena, source), &stored, err);

	if (got == 1 && !parse(stored.validator, out))
		*out = (struct gitindex_state){ 0 };
	return got >= 0;
}

bool gitindex_state_put(struct db *writer, const struct gitindex_source *source,
                        const struct gitindex_state *state, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	char hex[GIT_OID_HEXSZ + 1];
	struct source_state row = { .name = source_name(&arena, source),
		                    .address = source->address,
		                    .ok_at = source->fetched_at,
		                    .tried_at = source->fetched_at,
		                    .last_error = STR("") };

	git_oid_tostr(hex, sizeof hex, &state->commit);
	switch (state->phase) {
	case GITINDEX_NOTHING:
		row.validator = STR_LIT("");
		break;
	case GITINDEX_FILES:
		row.validator = arena_printf(&arena, "%s %llu %llu", hex,
		                             (unsigned long long)state->batches,
		                             (unsigned long long)state->order);
		break;
	case GITINDEX_HISTORY:
		row.validator = arena_printf(&arena, "%s history", hex);
		break;
	case GITINDEX_DONE:
		row.validator = arena_str(&arena, str_of(hex));
		break;
	}
	return store_source_put(writer, &row, err);
}
