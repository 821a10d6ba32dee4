#include "report/need.h"

struct str need_text(struct arena *arena, const struct inactive_need *need)
{
	const char *what = "a feature";

	if (str_ends(need->target, STR_LIT("-dependencies")))
		what = "the "; /* the kinds that -e did not ask for stand where a target would */
	else if (need->target.n > 0)
		what = "target ";
	else if (need->feature.n > 0)
		what = "feature ";
	return arena_printf(arena, "%s" STR_FMT STR_FMT " of " STR_FMT, what,
	                    STR_ARG(need->feature), STR_ARG(need->target), STR_ARG(need->package));
}
