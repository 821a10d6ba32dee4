/* audit/dependency.h: one declared dependency, from an index line or a manifest, and the summary of
 * a package that Cargo resolves from: its dependencies and features.
 * Source: the Cargo Book, "Registry Index" and "Features"; cargo's Summary and FeatureValue.
 * Threads: a summary is never written after it was made; any number may read it. Memory: the arena
 * of whoever made it. */
#ifndef RTAUDIT_AUDIT_DEPENDENCY_H
#define RTAUDIT_AUDIT_DEPENDENCY_H
#include "audit/cfg.h"
#include "audit/req_span.h"
#include "base/map.h"

enum dep_kind { KIND_NORMAL, KIND_BUILD, KIND_DEV };

enum dep_from {
	DEP_FROM_REGISTRY, /* `registry` says which */
	DEP_FROM_PATH,
	DEP_FROM_GIT
};

struct dependency {
	struct str_list features; /* asked for by the depender */
	struct req req;
	enum dep_kind kind;
	enum dep_from from;
	bool optional, default_features;
	bool has_platform;
	struct str package; /* the crate's name; equal to `name` unless renamed */
	/* DEP_FROM_REGISTRY: index URL (index lines, or `registry-index`), else empty: that of the
	 * depender for an index line, crates.io for a manifest */
	struct str registry;
	struct str registry_name;     /* a manifest's `registry = "name"`; empty otherwise */
	struct str platform_text;     /* as written */
	struct cfg_platform platform; /* of [target.…]; valid where has_platform */
	struct str name;              /* what features call it: the key in the manifest */
	struct str req_text;          /* as written; empty where no version was written */
	struct str path;    /* DEP_FROM_PATH: folder relative to the project's root, normalised */
	struct str git;     /* DEP_FROM_GIT: URL as written */
	struct str git_ref; /* "branch=x", "tag=x", "rev=x", or empty */
	uint32_t line;      /* in the manifest; 0 from an index */
};

/* What a resolution reads of a dependency, thousands of them an audit: half a line of the
 * processor's cache, where struct dependency takes four. */
struct dep_brief {
	struct req_span span; /* of req */
	/* the features it asks for: hashes summary.asked[asked ..], in their order */
	uint32_t asked, asked_n;
	uint8_t kind; /* enum dep_kind */
	bool optional, default_features, has_platform;
	bool is_plain; /* from a registry, and says nothing of which */
};

struct feature {
	struct str name;
	struct str_list values; /* as written: "a", "dep:b", "c/d", "c?/d" */
};

enum fv_kind { FV_FEATURE, FV_DEP, FV_DEP_FEATURE };

enum { FEATURE_NONE = UINT32_MAX }; /* a name that is no feature of the package */

/* A feature's value, resolved against its own summary. */
struct feature_value {
	enum fv_kind kind;
	bool weak;        /* c?/d */
	uint32_t feature; /* FV_FEATURE: index in summary.features, or FEATURE_NONE */
	/* FV_DEP, FV_DEP_FEATURE: index in summary.dep_names, or FEATURE_NONE */
	uint32_t dep_name;
	struct str dep_feature;    /* FV_DEP_FEATURE: d */
	uint64_t dep_feature_hash; /* of dep_feature, summary_hash */
};

struct summary_feature {
	struct str name;
	struct feature_value *values;
	uint32_t n;
};

struct summary {
	struct str name;
	struct str vers; /* as written */
	struct version version;
	const struct dependency *deps;
	uint32_t dep_n;
	uint32_t *dep_name_of; /* deps[i].name as index in dep_names */
	struct str *dep_names; /* the distinct names, sorted */
	uint32_t dep_name_n;
	/* sorted by name; implicit ones of optional deps included */
	struct summary_feature *features;
	uint32_t feature_n;
	struct str links; /* `links` key; empty where there is none */
	/* What follows is made once, since a resolution asks thousands of times for a name: one of
	 * 1,000 packages spent a fifth of its time comparing texts, and a third waiting for what
	 * they lie in. Hashes stand for the names: two of a process's names share one by a chance
	 * of 2^-64, and its seed is nobody's to choose. */
	struct dep_brief *briefs; /* of deps[i] */
	uint64_t *package_hash;   /* of deps[i].package */
	uint64_t *asked;          /* of the features that dependencies ask for */
	uint64_t *feature_hash;   /* of features[i].name */
	uint32_t *feature_slots;  /* features by hash: index + 1, 0 free */
	uint32_t feature_mask;    /* slots - 1 */
	uint32_t default_feature; /* the index of "default", or FEATURE_NONE */
};

struct feature_list VEC_OF(struct feature);
struct dependency_list VEC_OF(struct dependency);

/* Builds *out from declared dependencies and features (both kept by reference). Optional
 * dependencies get their implicit feature as cargo's build_feature_map gives it. Feature values
 * that cargo would refuse are kept as FEATURE_NONE: an index may hold them, and what is never asked
 * for does no harm. */
void summary_make(struct arena *arena, struct str name, struct str vers,
                  const struct version *version, const struct dependency_list *deps,
                  const struct feature_list *features, struct summary *out);
/* The hash that the arrays above hold, the same for the life of a process. */
uint64_t summary_hash(struct str name);
/* The index of a feature by the hash of its name, or by its name, or FEATURE_NONE. */
uint32_t summary_feature_at(const struct summary *summary, uint64_t hash);
uint32_t summary_feature_find(const struct summary *summary, struct str name);
uint32_t summary_dep_name_find(const struct summary *summary, struct str name);
/* Sorts features by name; of two with the same name the later holds, as in a map. */
void feature_list_sort(struct arena *arena, struct feature_list *list);
/* Joins two sorted lists; a feature of both has the values of the first, then those of the second.
 * What values the lists share with others is not written. */
void feature_list_merge(struct arena *arena, struct feature_list *first,
                        const struct feature_list *second);
#endif
