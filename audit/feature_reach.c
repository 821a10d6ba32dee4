#include "audit/feature_reach.h"

bool *feature_reach_none(struct arena *arena, const struct summary *summary)
{
	return arena_array(arena, summary->feature_n, sizeof(bool));
}

/* The feature that a value switches on, or FEATURE_NONE: "a", and the implicit one of "dep/b". */
static uint32_t switched_on(const struct summary *summary, const struct feature_value *value)
{
	if (value->kind == FV_FEATURE)
		return value->feature;
	if (value->kind == FV_DEP_FEATURE && !value->weak && value->dep_name != FEATURE_NONE)
		return summary_feature_find(summary, summary->dep_names[value->dep_name]);
	return FEATURE_NONE;
}

void feature_reach_add(struct arena *arena, const struct summary *summary, uint32_t feature,
                       bool *on)
{
	struct u32_list todo = { 0 };

	if (feature == FEATURE_NONE || on[feature])
		return;
	on[feature] = true;
	*vec_add(arena, &todo) = feature;
	while (todo.n > 0) {
		const struct summary_feature *at = &summary->features[todo.p[--todo.n]];

		for (uint32_t i = 0; i < at->n; i++) {
			uint32_t next = switched_on(summary, &at->values[i]);

			if (next == FEATURE_NONE || on[next])
				continue;
			on[next] = true;
			*vec_add(arena, &todo) = next;
		}
	}
}

bool feature_reach_asks(struct arena *arena, const struct dependency *dep, const struct summary *of,
                        uint32_t wanted, bool *by_default)
{
	bool *on = feature_reach_none(arena, of);

	for (size_t i = 0; i < dep->features.n; i++)
		feature_reach_add(arena, of, summary_feature_find(of, dep->features.p[i]), on);
	*by_default = !on[wanted];
	if (*by_default && dep->default_features)
		feature_reach_add(arena, of, of->default_feature, on);
	return on[wanted];
}
