#include "audit/advisory_finding.h"

#include "audit/platform.h"
#include "base/when.h"

struct str advisory_rule(const struct advisory *advisory)
{
	switch (advisory->kind) {
	case ADVISORY_VULNERABILITY:
		return STR_LIT("vulnerable");
	case ADVISORY_UNMAINTAINED:
		return STR_LIT("unmaintained-advisory");
	case ADVISORY_UNSOUND:
		return STR_LIT("unsound");
	case ADVISORY_NOTICE:
		return (struct str){ 0 };
	}
	return (struct str){ 0 };
}

/* Whether a triple is of a system or architecture as advisories name them: the words of Rust's
 * target_os and target_arch, which triples spell otherwise for Apple and for 32-bit x86. */
static bool triple_is(struct str triple, struct str word)
{
	static const struct {
		struct str word, in_triple;
	} OTHERS[] = { { STR("macos"), STR("apple-darwin") },
		       { STR("ios"), STR("apple-ios") },
		       { STR("x86"), STR("i686") } };

	for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++)
		if (str_eq(word, OTHERS[i].word))
			return str_find_str(triple, OTHERS[i].in_triple) != STR_NONE;
	struct str part, rest = triple;
	while (rest.n > 0) {
		str_cut(rest, '-', &part, &rest);
		if (str_eq(part, word))
			return true;
	}
	/* "arm" stands in "armv7"; "linux" in "linux-gnu" was found above. */
	return str_eq(word, STR_LIT("arm")) && str_starts(triple, word);
}

static bool any_target_is(const struct audit_result *result, const struct str_list *words)
{
	if (words->n == 0 || result->targets.n == 0)
		return true;
	for (size_t w = 0; w < words->n; w++) {
		for (size_t t = 0; t < result->targets.n; t++)
			if (triple_is(result->targets.p[t], words->p[w]))
				return true;
		/* Build scripts and proc macros run on the machine itself. */
		if (triple_is(platform_host(), words->p[w]))
			return true;
	}
	return false;
}

bool advisory_concerns(const struct advisory_row *row, const struct locked_package *package,
                       const struct audit_result *result)
{
	const struct advisory *advisory = row->advisory;

	if (row->published_at > result->facts->at)
		return false;
	if (advisory->withdrawn_at != 0 && advisory->withdrawn_at <= result->facts->at)
		return false;
	return advisory->is_crates_io && advisory_affects(advisory, &package->version) &&
	       any_target_is(result, &advisory->affected_os) &&
	       any_target_is(result, &advisory->affected_arch);
}

/* The lowest version that a requirement lets in, where it has one. */
static bool lowest_of(const struct req *req, struct version *out, bool *above)
{
	for (size_t i = 0; i < req->n; i++) {
		const struct comparator *c = &req->p[i];

		if (c->op == REQ_LESS || c->op == REQ_LESS_EQ)
			continue;
		*out = (struct version){ c->major, c->minor, c->patch, c->pre, { 0 } };
		*above = c->op == REQ_GREATER;
		return true;
	}
	return false;
}

struct fix {
	bool found, above, compatible;
	struct version version;
};

/* The smallest fixed version that is not older, of the locked line where it was fixed there. */
static struct fix find_fix(const struct advisory *advisory, const struct version *locked)
{
	struct fix best = { 0 };

	for (size_t i = 0; i < advisory->patched.n; i++) {
		struct fix one = { .found = true };

		if (!lowest_of(&advisory->patched.p[i], &one.version, &one.above) ||
		    semver_cmp_precedence(&one.version, locked) < 0)
			continue;
		one.compatible = semver_is_compatible(&one.version, locked);
		if (!best.found || (one.compatible && !best.compatible) ||
		    (one.compatible == best.compatible &&
		     semver_cmp_precedence(&one.version, &best.version) < 0))
			best = one;
	}
	return best;
}

static struct str version_text(struct arena *arena, const struct version *version)
{
	return arena_printf(arena, "%llu.%llu.%llu%s" STR_FMT, (unsigned long long)version->major,
	                    (unsigned long long)version->minor, (unsigned long long)version->patch,
	                    version->pre.n > 0 ? "-" : "", STR_ARG(version->pre));
}

/* "a, b and c" of names separated by blanks. */
static struct str list_text(struct arena *arena, struct str names)
{
	struct str text = { 0 }, one;

	while (names.n > 0) {
		str_cut(names, ' ', &one, &names);
		const char *between = text.n == 0 ? "" : names.n == 0 ? " or " : ", ";
		text = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(text), between,
		                    STR_ARG(one));
	}
	return text;
}

static struct remedy remedy_of(struct arena *arena, const struct advisory *advisory,
                               const struct locked_package *package,
                               const struct knowledge *knowledge)
{
	struct fix fix = find_fix(advisory, &package->version);
	struct str others = knowledge_replacements(knowledge, advisory->id);

	if (fix.found) {
		struct str version = version_text(arena, &fix.version);
		const char *how = fix.above ? "a version above" : "at least";

		if (fix.compatible)
			return (struct remedy){
				STR_LIT("update"),
				arena_printf(arena,
				             "update to %s " STR_FMT ": cargo update -p " STR_FMT
				             "@" STR_FMT,
				             how, STR_ARG(version), STR_ARG(package->name),
				             STR_ARG(package->vers))
			};
		return (struct remedy){ STR_LIT("update"),
			                arena_printf(
						arena,
						"update to %s " STR_FMT
						": what depends on it must move to that line first",
						how, STR_ARG(version)) };
	}
	if (others.n > 0)
		return (struct remedy){
			STR_LIT("replace"),
			arena_printf(arena, "replace it by " STR_FMT ", which the advisory names",
			             STR_ARG(list_text(arena, others)))
		};
	return (struct remedy){ STR_LIT("none"),
		                advisory->patched.n == 0
		                        ? STR_LIT("no fixed version is known")
		                        : STR_LIT("the fixed versions are older than this one") };
}

static struct str join_reqs(struct arena *arena, const char *before, const struct str_list *texts)
{
	if (texts->n == 0)
		return (struct str){ 0 };
	return arena_printf(arena, "%s" STR_FMT, before,
	                    STR_ARG(str_list_join(arena, texts, " or ")));
}

struct finding advisory_finding(struct arena *arena, const struct advisory *advisory,
                                const struct locked_package *package,
                                const struct knowledge *knowledge)
{
	struct finding finding = { .rule = advisory_rule(advisory), .subject = advisory->id };
	struct str since = when_date(arena, advisory->date_at);
	struct str patched = join_reqs(arena, "; fixed in ", &advisory->patched_text);
	struct str unaffected = join_reqs(arena, "; not affected: ", &advisory->unaffected_text);

	/* The table that is compiled in has no titles. */
	if (advisory->title.n > 0)
		finding.message = arena_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(advisory->id),
		                               STR_ARG(advisory->title));
	else
		finding.message =
			arena_printf(arena, STR_FMT ": reported as unmaintained on " STR_FMT,
		                     STR_ARG(advisory->id), STR_ARG(since));
	*vec_add(arena, &finding.evidence) =
		(struct evidence){ STR_LIT("advisory"),
		                   arena_printf(arena, STR_FMT " of " STR_FMT STR_FMT STR_FMT,
		                                STR_ARG(advisory->id), STR_ARG(since),
		                                STR_ARG(patched), STR_ARG(unaffected)),
		                   arena_printf(arena, "https://rustsec.org/advisories/" STR_FMT,
		                                STR_ARG(advisory->id)) };
	finding.remedy = remedy_of(arena, advisory, package, knowledge);
	return finding;
}
