#include "audit/asked_feature.h"

static bool refuse(const struct summary *of, struct str wanted, struct err *err)
{
	/* Short words have neighbours at two edits everywhere. */
	struct str_nearest near = { .word = wanted, .below = wanted.n < 6 ? wanted.n / 2 + 1 : 4 };

	for (uint32_t i = 0; i < of->feature_n; i++)
		str_nearest_offer(&near, of->features[i].name);
	return err_set(err, ERR_USAGE,
	               STR_FMT " " STR_FMT " has no feature '" STR_FMT "'%s" STR_FMT "%s",
	               STR_ARG(of->name), STR_ARG(of->vers), STR_ARG(wanted),
	               near.name.n > 0 ? "; did you mean '" : "", STR_ARG(near.name),
	               near.name.n > 0 ? "'?" : "");
}

static bool exists(const struct summary *const *summaries, const struct links *links,
                   const struct resolve_root *root, struct str dep, struct str feature,
                   struct err *err)
{
	const struct summary *from = summaries[root->package];

	for (uint32_t i = 0; i < from->dep_n; i++) {
		uint32_t to = links->to[root->package][i];

		if (to == PACKAGE_NONE || !summaries[to] || !str_eq(from->deps[i].name, dep))
			continue;
		if (summary_feature_find(summaries[to], feature) == FEATURE_NONE &&
		    !str_eq(feature, STR_LIT("default")))
			return refuse(summaries[to], feature, err);
	}
	return true;
}

bool asked_features_exist(const struct summary *const *summaries, const struct links *links,
                          const struct resolve_root *root, struct err *err)
{
	struct str dep, feature;

	if (!summaries[root->package] || !links->to[root->package])
		return true;
	for (size_t i = 0; i < root->features.n; i++)
		if (str_cut(root->features.p[i], '/', &dep, &feature) &&
		    !str_ends(dep, STR_LIT("?")) &&
		    !exists(summaries, links, root, dep, feature, err))
			return false;
	return true;
}
