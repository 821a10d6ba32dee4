#include "audit/remedy.h"
#include "audit/limits.h"
#include "tests/unit/small_index.h"

enum { ROUNDS_MAX = 200, DAY = 86400, TODAY = 20454 /* 2026-01-01 */ };

/* A project: the text of its manifest behind [package], and its lock, "app 0.1.0 : a b" a line. */
struct tried {
	struct small_index index;
	struct audit_result result;
	struct facts facts;
	uint32_t asked; /* rounds of questions to the index */
};

/* "tokio@1.40.0" as a lock writes it. */
static struct str spaced(struct arena *arena, struct str dep)
{
	struct str name = { 0 }, vers = { 0 };

	if (!str_cut(dep, '@', &name, &vers))
		return dep;
	return arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(vers));
}

static struct str lock_of(struct arena *arena, const char *text)
{
	CLEANUP(buf_free) struct buf out = buf_make(4 << 20);
	struct str rest = str_of(text), line = { 0 };

	buf_text(&out, "version = 4\n");
	while (rest.n > 0) {
		struct str name = { 0 }, vers = { 0 }, deps = { 0 }, dep = { 0 };

		str_cut(rest, '\n', &line, &rest);
		str_cut(line, ':', &line, &deps);
		str_cut(line, ' ', &name, &vers);
		buf_printf(&out,
		           "\n[[package]]\nname = \"" STR_FMT "\"\nversion = \"" STR_FMT
		           "\"\n%sdependencies = [",
		           STR_ARG(name), STR_ARG(str_trim(vers)),
		           str_starts(name, STR_LIT("app")) ? ""
		           : str_eq(name, STR_LIT("private"))
		                   ? "source = \"sparse+https://example.org/index/\"\n"
		                   : "source = \"registry+https://github.com/rust-lang/"
		                     "crates.io-index\"\n");
		while (deps.n > 0) {
			str_cut(deps, ' ', &dep, &deps);
			if (dep.n > 0)
				buf_printf(&out, "\"" STR_FMT "\",", STR_ARG(spaced(arena, dep)));
		}
		buf_text(&out, "]\n");
	}
	return arena_str(arena, buf_str(&out));
}

static void fill_facts(struct tried *tried, const struct wanted *wanted)
{
	for (uint32_t i = 0; i < tried->facts.n; i++) {
		tried->facts.packages[i] =
			*small_facts(&tried->index, wanted[i].name, wanted[i].vers);
		for (size_t v = 0; v < tried->index.n; v++)
			if (str_eq(tried->index.versions[v].entry.name, wanted[i].name))
				tried->facts.packages[i].newest_vers =
					tried->index.versions[v].entry.vers;
	}
}

static void add_manifest(struct arena *arena, struct project *project, const char *name,
                         struct str path, struct str tables)
{
	*vec_add(arena, &project->files) = (struct project_file){
		path, arena_printf(arena,
		                   "[package]\nname = \"%s\"\nversion = \"0.1.0\"\nedition = "
		                   "\"2021\"\n" STR_FMT,
		                   name, STR_ARG(tables))
	};
}

/* The tables of app, and behind a form feed those of its member app2. */
static void add_manifests(struct arena *arena, struct project *project, const char *text)
{
	struct str first = { 0 }, second = { 0 };

	if (str_cut(str_of(text), '\f', &first, &second))
		add_manifest(arena, project, "app2", STR_LIT("app2/Cargo.toml"), second);
	add_manifest(arena, project, "app", STR_LIT("Cargo.toml"), first);
}

static void run(struct tried *tried, const char *manifest, const char *lock, const char *index)
{
	struct project project = { .lock_name = STR_LIT("Cargo.lock") };
	const struct knowledge *knowledge = NULL;
	struct audit *audit = NULL;
	struct pick_need need = { 0 };
	struct err err = { 0 };

	tried->index = small_index_read(index);
	struct arena *arena = &tried->index.arena;

	project.lock = lock_of(arena, lock);
	project.options.edges = EDGE_NORMAL | EDGE_BUILD;
	add_manifests(arena, &project, manifest);
	if (!knowledge_load(arena, &knowledge, &err) ||
	    !audit_open(arena, &project, knowledge, &audit, &err))
		fail_msg("%s", err.text);
	const struct wanted *wanted = audit_wanted(audit, &tried->facts.n);
	tried->facts.at = tried->facts.now = (int64_t)TODAY * DAY;
	tried->facts.advisories = arena_new(arena, struct advisory_set);
	tried->facts.packages = arena_array(arena, tried->facts.n, sizeof *tried->facts.packages);
	fill_facts(tried, wanted);
	if (!audit_run(arena, audit, &tried->facts, &tried->result, &err))
		fail_msg("%s", err.text);
	while (audit_remedies(arena, audit, &tried->facts, &tried->result, &need) &&
	       tried->asked++ < ROUNDS_MAX)
		small_fill(&tried->index, &need);
	assert_true(tried->asked < ROUNDS_MAX);
}

__attribute__((returns_nonnull)) static const struct finding *
finding_of(const struct tried *tried, const char *rule, const char *what)
{
	static const struct finding none;

	for (size_t i = 0; i < tried->result.findings.n; i++)
		if (str_eq(tried->result.findings.p[i].rule, str_of(rule)))
			return &tried->result.findings.p[i];
	fail_msg("no %s for %s", rule, what);
	return &none;
}

#define STD_LOCK "app 0.1.0 : db\nasync-std 1.13.2\ndb 1.0.0 : async-std\n"
#define STD "async-std 1.13.2 default=\n"
#define SMOL "async-io 2.0.0\n"

/* `ends` is the text of a remedy that was tried; empty: none ends the finding. */
static const struct {
	const char *what, *rule, *manifest, *lock, *index, *ends;
} cases[] = {
	{ "a feature is left out", "abandoned-runtime",
	  "[dependencies]\ndb = { version = \"1\", features = [\"a\", \"std\"] }\n", STD_LOCK,
	  STD "db 1.0.0 a= std=async-std : ?async-std@^1\n",
	  "in Cargo.toml: db = { version = \"1\", features = [\"a\"] } (if nothing needs std)" },
	{ "of the defaults, the good ones stay", "abandoned-runtime",
	  "[dependencies]\ndb = \"1\"\n", STD_LOCK,
	  STD "db 1.0.0 default=a,std a= std=async-std : ?async-std@^1\n",
	  "in Cargo.toml: db = { version = \"1\", default-features = false, features = [\"a\"] } "
	  "(if nothing needs std)" },
	{ "the twin takes its place, and what it needs is chosen", "abandoned-runtime",
	  "[dependencies]\ndb = { version = \"1\", features = [\"run-async-std\"] }\n", STD_LOCK,
	  SMOL STD
	  "db 1.0.0 run-async-std=async-std run-smol=async-io : ?async-std@^1 ?async-io@^2\n",
	  "in Cargo.toml: db = { version = \"1\", features = [\"run-smol\"] } (run-smol instead of "
	  "run-async-std); cargo will lock async-io 2.0.0" },
	{ "a twin that brings it in again is none", "abandoned-runtime",
	  "[dependencies]\ndb = { version = \"1\", features = [\"run-async-std\"] }\n", STD_LOCK,
	  STD "helper 1.0.0 : async-std@^1\n"
	      "db 1.0.0 run-async-std=async-std run-smol=helper : ?async-std@^1 ?helper@^1\n",
	  "in Cargo.toml: db = { version = \"1\" } (if nothing needs run-async-std)" },
	{ "a newer version", "abandoned-runtime", "[dependencies]\ndb = \"1\"\n", STD_LOCK,
	  STD "db 1.0.0 : async-std@^1\ndb 2.0.0\n",
	  "in Cargo.toml: db = { version = \"2.0.0\" }; cargo will lock db 2.0.0" },
	{ "a newer version and its features", "abandoned-runtime", "[dependencies]\ndb = \"1\"\n",
	  STD_LOCK,
	  STD SMOL
	  "db 1.0.0 : async-std@^1\n"
	  "db 2.0.0 default=x,run-async-std x= run-async-std=async-std run-smol=async-io : "
	  "?async-std@^1 ?async-io@^2\n",
	  "in Cargo.toml: db = { version = \"2.0.0\", default-features = false, features = [\"x\", "
	  "\"run-smol\"] } (run-smol instead of run-async-std); cargo will lock db 2.0.0, "
	  "async-io 2.0.0" },
	{ "a newer version that has no such feature is none", "abandoned-runtime",
	  "[dependencies]\ndb = { version = \"1\", features = [\"a\"] }\n", STD_LOCK,
	  STD "db 1.0.0 a= : async-std@^1\ndb 2.0.0\n", "" },
	{ "who depends on it directly uses it", "abandoned-runtime",
	  "[dependencies]\nasync-std = { version = \"1\", features = [\"unstable\"] }\n",
	  "app 0.1.0 : async-std\nasync-std 1.13.2\n", "async-std 1.13.2 default= unstable=\n",
	  "" },
	{ "what the package's own feature asks for", "abandoned-runtime",
	  "[dependencies]\ndb = \"1\"\n[features]\ndefault = [\"fast\"]\nfast = [\"db/std\"]\n",
	  STD_LOCK, STD "db 1.0.0 std=async-std : ?async-std@^1\n",
	  "in Cargo.toml: db = { version = \"1\" } (if nothing needs std)" },
	{ "two dependencies that bring it in", "abandoned-runtime",
	  "[dependencies]\ndb = \"1\"\nweb = { version = \"1\", features = [\"std\"] }\n",
	  "app 0.1.0 : db web\nasync-std 1.13.2\ndb 1.0.0 : async-std\nweb 1.0.0 : async-std\n",
	  STD "db 1.0.0 : async-std@^1\ndb 1.1.0\nweb 1.0.0 std=async-std : ?async-std@^1\n",
	  "cargo update -p db@1.0.0 --precise 1.1.0; in Cargo.toml: web = { version = \"1\" } "
	  "(if "
	  "nothing needs std); cargo will lock db 1.1.0" },
	{ "one of two that cannot leave it", "abandoned-runtime",
	  "[dependencies]\ndb = \"1\"\nweb = { version = \"1\", features = [\"std\"] }\n",
	  "app 0.1.0 : db web\nasync-std 1.13.2\ndb 1.0.0 : async-std\nweb 1.0.0 : async-std\n",
	  STD "db 1.0.0 : async-std@^1\nweb 1.0.0 std=async-std : ?async-std@^1\n", "" },
	{ "a feature of the runtime that polls is a bridge", "bridge-needed",
	  "[dependencies]\nasync-std = \"1\"\nweb = \"1\"\n",
	  "app 0.1.0 : async-std web\nasync-std 1.13.2\nweb 1.0.0 : tokio\ntokio 1.40.0\n",
	  "async-std 1.13.2 default= tokio1=\nweb 1.0.0 : tokio@^1[net]\ntokio 1.40.0 net=\n",
	  "in Cargo.toml: async-std = { version = \"1\", features = [\"tokio1\"] } (with tokio1); "
	  "its "
	  "threads and block_on enter a Tokio context before they poll; tried: it leaves a note" },
	{ "so is a crate", "bridge-needed", "[dependencies]\nweb = \"1\"\nsmol = \"2\"\n",
	  "app 0.1.0 : smol web\nweb 1.0.0 : tokio\nsmol 2.0.0\ntokio 1.40.0\n",
	  "async-compat 0.2.5\nweb 1.0.0 : tokio@^1[net]\nsmol 2.0.0\ntokio 1.40.0 net=\n",
	  "in Cargo.toml: async-compat = { version = \"0.2\" } (a new dependency); cargo will lock "
	  "async-compat 0.2.5; Compat::new enters a Tokio context around the future that it wraps; "
	  "tried: it leaves a note" },
	{ "but not one that the index does not have", "bridge-needed",
	  "[dependencies]\nweb = \"1\"\nsmol = \"2\"\n",
	  "app 0.1.0 : smol web\nweb 1.0.0 : tokio\nsmol 2.0.0\ntokio 1.40.0\n",
	  "web 1.0.0 : tokio@^1[net]\nsmol 2.0.0\ntokio 1.40.0 net=\n", "" },
	{ "two majors of a runtime: the older one's user is updated", "split-runtime",
	  "[dependencies]\nweb = \"3\"\ntokio = { version = \"1\", features = [\"net\"] }\n",
	  "app 0.1.0 : tokio@1.40.0 web\ntokio 0.2.25\ntokio 1.40.0\nweb 3.0.0 : tokio@0.2.25\n",
	  "tokio 0.2.25 tcp=\ntokio 1.40.0 net=\nweb 3.0.0 : tokio@^0.2[tcp]\nweb 4.0.0 : "
	  "tokio@^1\n",
	  "in Cargo.toml: web = { version = \"4.0.0\" }; cargo will lock web 4.0.0" },
	{ "a newer version that the requirement allows", "abandoned-runtime",
	  "[dependencies]\ndb = \"1\"\n", STD_LOCK, STD "db 1.0.0 : async-std@^1\ndb 1.3.0\n",
	  "cargo update -p db@1.0.0 --precise 1.3.0; cargo will lock db 1.3.0" },
	{ "the same of what a dependency brings in", "abandoned-runtime",
	  "[dependencies]\nweb = \"1\"\n",
	  "app 0.1.0 : web\nasync-std 1.13.2\ndb 1.0.0 : async-std\nweb 1.0.0 : db\n",
	  STD "db 1.0.0 : async-std@^1\ndb 1.3.0\nweb 1.0.0 : db@^1\n",
	  "cargo update -p db@1.0.0 --precise 1.3.0; cargo will lock db 1.3.0" },
	{ "of two that are newer, the one that helps", "abandoned-runtime",
	  "[dependencies]\nweb = \"1\"\n",
	  "app 0.1.0 : web\nasync-std 1.13.2\ndb 1.0.0 : async-std\nweb 1.0.0 : db\n",
	  STD "db 1.0.0 : async-std@^1\ndb 1.3.0 : async-std@^1\nweb 1.0.0 : db@^1\nweb 1.1.0\n",
	  "cargo update -p web@1.0.0 --precise 1.1.0; cargo will lock web 1.1.0" },
	{ "of two that are newer, both", "abandoned-runtime",
	  "[dependencies]\nweb = \"1\"\nx = \"1\"\n",
	  "app 0.1.0 : web x\nasync-std 1.13.2\nweb 1.0.0 : async-std\nx 1.0.0 : async-std\n",
	  STD "web 1.0.0 : async-std@^1\nweb 1.1.0\nx 1.0.0 : async-std@^1\nx 1.2.0\n",
	  "cargo update -p web@1.0.0 --precise 1.1.0; cargo update -p x@1.0.0 --precise 1.2.0; "
	  "cargo "
	  "will lock web 1.1.0, x 1.2.0" },
	{ "not where the depender does not allow it", "abandoned-runtime",
	  "[dependencies]\nweb = \"1\"\n",
	  "app 0.1.0 : web\nasync-std 1.13.2\ndb 1.0.0 : async-std\nweb 1.0.0 : db\n",
	  STD "db 1.0.0 : async-std@^1\ndb 2.0.0\nweb 1.0.0 : db@^1\n", "" },
	{ "what a private crate needs is looked for nowhere else", "abandoned-runtime",
	  "[dependencies]\nprivate = { version = \"1\", registry = \"ours\", features = "
	  "[\"run-async-std\"] }\n",
	  "app 0.1.0 : private\nasync-std 1.13.2\nprivate 1.0.0 : async-std\n",
	  STD SMOL "private 1.0.0 run-async-std=async-std run-smol=async-io : ?async-std@^1 "
	           "?async-io@^2\n",
	  "in Cargo.toml: private = { version = \"1\", registry = \"ours\" } (if nothing needs "
	  "run-async-std)" },
	{ "what the workspace says of it", "abandoned-runtime",
	  "[workspace.dependencies]\ndb = { version = \"1\", features = [\"std\"] }\n"
	  "[dependencies]\ndb = { workspace = true, features = [\"a\"] }\n",
	  STD_LOCK, STD "db 1.0.0 a= std=async-std : ?async-std@^1\n",
	  "in Cargo.toml under [workspace.dependencies]: db = { version = \"1\" } (if nothing "
	  "needs "
	  "std)" },
	{ "what the member adds to it", "abandoned-runtime",
	  "[workspace.dependencies]\ndb = { version = \"1\", features = [\"a\"] }\n"
	  "[dependencies]\ndb = { workspace = true, features = [\"std\"] }\n",
	  STD_LOCK, STD "db 1.0.0 a= std=async-std : ?async-std@^1\n",
	  "in Cargo.toml: db = { workspace = true } (if nothing needs std)" },
	{ "an optional dependency stays one", "abandoned-runtime",
	  "[features]\ndefault = [\"db\"]\n[dependencies]\ndb = { version = \"1\", optional = "
	  "true, "
	  "features = [\"std\"] }\n",
	  STD_LOCK, STD "db 1.0.0 std=async-std : ?async-std@^1\n",
	  "in Cargo.toml: db = { version = \"1\", optional = true } (if nothing needs std)" },
	{ "what two members inherit", "abandoned-runtime",
	  "[workspace]\nmembers = [\"app2\"]\n[workspace.dependencies]\ndb = { version = \"1\", "
	  "features = [\"run-async-std\"] }\n[dependencies]\ndb = { workspace = true }\n\f"
	  "[dependencies]\ndb = { workspace = true, features = [\"a\"] }\n",
	  "app 0.1.0 : db\napp2 0.1.0 : db\nasync-std 1.13.2\ndb 1.0.0 : async-std\n",
	  STD SMOL "db 1.0.0 a= run-async-std=async-std run-smol=async-io : ?async-std@^1 "
	           "?async-io@^2\n",
	  "in Cargo.toml under [workspace.dependencies]: db = { version = \"1\", features = "
	  "[\"run-smol\"] } (run-smol instead of run-async-std); cargo will lock async-io 2.0.0" },
	{ "where one of them adds more that brings it in, it is not told", "abandoned-runtime",
	  "[workspace]\nmembers = [\"app2\"]\n[workspace.dependencies]\ndb = { version = \"1\", "
	  "features = [\"run-async-std\"] }\n[dependencies]\ndb = { workspace = true }\n\f"
	  "[dependencies]\ndb = { workspace = true, features = [\"std\"] }\n",
	  "app 0.1.0 : db\napp2 0.1.0 : db\nasync-std 1.13.2\ndb 1.0.0 : async-std\n",
	  STD "db 1.0.0 std=async-std run-async-std=async-std : ?async-std@^1\n", "" },
};

static void remedies_are_tried(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tried tried = { 0 };

		run(&tried, cases[i].manifest, cases[i].lock, cases[i].index);
		const struct finding *finding = finding_of(&tried, cases[i].rule, cases[i].what);
		struct str wanted = str_of(cases[i].ends);

		if (!strstr(cases[i].ends, "; tried: "))
			wanted = arena_printf(&tried.index.arena, "%s; tried: it ends the finding",
			                      cases[i].ends);

		if ((finding->plan != NULL) != (cases[i].ends[0] != '\0'))
			fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(finding->remedy.text));
		if (finding->plan && !str_eq(finding->remedy.text, wanted))
			fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(finding->remedy.text));
		small_index_free(&tried.index);
	}
}

/* The last candidate is to leave the feature out; n twins that bring the runtime in again stand
 * before it. */
static bool ends_after(size_t n)
{
	static const char *const runtimes[] = { "tokio",  "smol",   "tokio-uring", "glommio",
		                                "monoio", "compio", "nio",         "lilos" };
	struct tried tried = { 0 };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str index =
		STR_LIT(STD "helper 1.0.0 : async-std@^1\ndb 1.0.0 run-async-std=async-std");
	bool ends;

	assert_true(n <= ARRAY_LEN(runtimes));
	for (size_t i = 0; i < n; i++)
		index = arena_printf(&arena, STR_FMT " run-%s=helper", STR_ARG(index), runtimes[i]);
	index = arena_printf(&arena, STR_FMT " : ?async-std@^1 ?helper@^1\n", STR_ARG(index));
	run(&tried, "[dependencies]\ndb = { version = \"1\", features = [\"run-async-std\"] }\n",
	    STD_LOCK, arena_cstr(&arena, index));
	ends = finding_of(&tried, "abandoned-runtime", "db")->plan != NULL;
	small_index_free(&tried.index);
	return ends;
}

static void trials_have_a_ceiling(void **state)
{
	(void)state;
	assert_true(ends_after(REMEDY_TRIALS_MAX - 1));
	assert_false(ends_after(REMEDY_TRIALS_MAX));
}

/* Whether a remedy is found for a lock of n packages, of which all but three are alone. */
static bool ends_among(size_t n)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf lock = buf_make(1 << 20);
	struct tried tried = { 0 };
	bool ends;

	buf_text(&lock, STD_LOCK);
	for (size_t i = 3; i < n; i++)
		buf_printf(&lock, "p%zu 1.0.0\n", i);
	run(&tried, "[dependencies]\ndb = { version = \"1\", features = [\"std\"] }\n",
	    arena_cstr(&arena, buf_str(&lock)), STD "db 1.0.0 std=async-std : ?async-std@^1\n");
	ends = finding_of(&tried, "abandoned-runtime", "db")->plan != NULL;
	small_index_free(&tried.index);
	return ends;
}

static void large_locks_are_not_tried(void **state)
{
	(void)state;
	assert_true(ends_among(REMEDY_PACKAGES_MAX));
	assert_false(ends_among(REMEDY_PACKAGES_MAX + 1));
}

/* n dependencies that each ask for the feature. */
static bool ends_of(size_t n)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf manifest = buf_make(1 << 16);
	struct tried tried = { 0 };
	bool ends;

	buf_text(&manifest, "[dependencies]\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(&manifest,
		           "d%zu = { package = \"db\", version = \"1\", "
		           "features = [\"std\"] }\n",
		           i);
	run(&tried, arena_cstr(&arena, buf_str(&manifest)), STD_LOCK,
	    STD "db 1.0.0 std=async-std : ?async-std@^1\n");
	ends = finding_of(&tried, "abandoned-runtime", "db")->plan != NULL;
	small_index_free(&tried.index);
	return ends;
}

static void large_changes_are_none(void **state)
{
	(void)state;
	assert_true(ends_of(REMEDY_CUTS_MAX));
	assert_false(ends_of(REMEDY_CUTS_MAX + 1));
}

/* n default features that each lead there are looked at once a runtime, and each against all. */
static bool ends_with(size_t n)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf index = buf_make(1 << 16);
	struct tried tried = { 0 };
	bool ends;

	buf_text(&index, STD "db 1.0.0 default=f0");
	for (size_t i = 1; i < n; i++)
		buf_printf(&index, ",f%zu", i);
	for (size_t i = 0; i < n; i++)
		buf_printf(&index, " f%zu=async-std", i);
	buf_text(&index, " : ?async-std@^1\n");
	run(&tried, "[dependencies]\ndb = \"1\"\n", STD_LOCK, arena_cstr(&arena, buf_str(&index)));
	ends = finding_of(&tried, "abandoned-runtime", "db")->plan != NULL;
	small_index_free(&tried.index);
	return ends;
}

static void features_are_looked_at_within_bounds(void **state)
{
	(void)state;
	assert_int_equal(REQUEST_LOOKS_MAX, 10000000);
	assert_true(ends_with(200));   /* 2 million */
	assert_false(ends_with(1000)); /* 50 million */
}

static void nothing_is_asked_where_nothing_is_found(void **state)
{
	struct tried tried = { 0 };

	(void)state;
	run(&tried, "[dependencies]\ndb = \"1\"\n", "app 0.1.0 : db\ndb 1.0.0\n", "db 1.0.0\n");
	assert_int_equal(tried.result.findings.n, 0);
	assert_int_equal(tried.asked, 0);
	small_index_free(&tried.index);
}

static void a_tried_remedy_says_what_changes(void **state)
{
	struct tried tried = { 0 };

	(void)state;
	run(&tried,
	    "[target.'cfg(unix)'.dependencies]\nstore = { package = \"db\", version = \"1\", "
	    "features "
	    "= [\"a\", \"run-async-std\"] }\n",
	    STD_LOCK,
	    STD SMOL "db 1.0.0 a= run-async-std=async-std run-smol=async-io : ?async-std@^1 "
	             "?async-io@^2\n");
	const struct finding *finding = finding_of(&tried, "abandoned-runtime", "db");
	assert_non_null(finding->plan);
	assert_int_equal(finding->plan->changes.n, 1);
	const struct remedy_change *change = &finding->plan->changes.p[0];
	assert_true(str_eq(finding->remedy.kind, STR_LIT("feature")));
	assert_true(str_eq(change->member, STR_LIT("app")));
	assert_true(str_eq(change->manifest, STR_LIT("Cargo.toml")));
	assert_true(str_eq(change->section, STR_LIT("dependencies")));
	assert_true(str_eq(change->platform, STR_LIT("cfg(unix)")));
	assert_true(str_eq(change->dependency, STR_LIT("store")));
	assert_true(str_eq(change->package, STR_LIT("db")));
	assert_true(str_eq(change->version, STR_LIT("1")));
	assert_false(change->new_version);
	assert_true(change->default_features);
	assert_int_equal(change->off.n, 1);
	assert_true(str_eq(change->off.p[0], STR_LIT("run-async-std")));
	assert_int_equal(change->on.n, 1);
	assert_true(str_eq(change->on.p[0], STR_LIT("run-smol")));
	assert_int_equal(finding->plan->adds.n, 1);
	assert_true(str_eq(finding->plan->adds.p[0], STR_LIT("async-io 2.0.0")));
	small_index_free(&tried.index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remedies_are_tried),
		cmocka_unit_test(trials_have_a_ceiling),
		cmocka_unit_test(large_locks_are_not_tried),
		cmocka_unit_test(large_changes_are_none),
		cmocka_unit_test(features_are_looked_at_within_bounds),
		cmocka_unit_test(nothing_is_asked_where_nothing_is_found),
		cmocka_unit_test(a_tried_remedy_says_what_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
