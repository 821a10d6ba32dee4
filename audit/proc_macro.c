#include "audit/proc_macro.h"

static bool is_any(struct str word, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, words[i]))
			return true;
	return false;
}

static bool needs_any(const struct summary *summary, enum dep_kind kind, const struct str *crates,
                      size_t n)
{
	for (uint32_t i = 0; i < summary->dep_n; i++)
		if (summary->deps[i].kind == kind && is_any(summary->deps[i].package, crates, n))
			return true;
	return false;
}

/* What nearly all proc macros are made with. */
static bool handles_tokens(const struct summary *summary)
{
	static const struct str crates[] = { STR("proc-macro2"),     STR("quote"),   STR("syn"),
		                             STR("proc-macro-hack"), STR("darling"), STR("venial"),
		                             STR("unsynn"),          STR("litrs") };

	return needs_any(summary, KIND_NORMAL, crates, ARRAY_LEN(crates));
}

static bool has_deps(const struct summary *summary)
{
	for (uint32_t i = 0; i < summary->dep_n; i++)
		if (summary->deps[i].kind == KIND_NORMAL)
			return true;
	return false;
}

/* Crates that check what a compiler says; without other dependencies half of them are proc macros
 * (paste), half are not (pin-project-lite). */
static bool tests_compiling(const struct summary *summary)
{
	static const struct str crates[] = { STR("trybuild"), STR("trybuild2"), STR("macrotest") };

	return needs_any(summary, KIND_DEV, crates, ARRAY_LEN(crates));
}

static struct str last_word(struct str name)
{
	size_t dash = str_find_last(name, '-'), under = str_find_last(name, '_');
	size_t at = dash == STR_NONE ? under : under == STR_NONE || dash > under ? dash : under;

	return at == STR_NONE ? name : str_sub(name, at + 1, name.n);
}

/* The last word of a crate's name by which proc macros are usually told. */
static bool has_macro_name(struct str name)
{
	static const struct str endings[] = {
		STR("derive"),    STR("macros"),  STR("macro"), STR("attributes"),
		STR("attribute"), STR("codegen"), STR("impl"),
	};

	return is_any(last_word(name), endings, ARRAY_LEN(endings));
}

/* The last word of what proc macros and build scripts share between them. */
static bool has_helper_name(struct str name)
{
	static const struct str endings[] = {
		STR("core"),      STR("internals"), STR("build"),   STR("gen"),
		STR("generator"), STR("codegen"),   STR("backend"), STR("support"),
		STR("common"),    STR("utils"),     STR("types"),   STR("shared"),
		STR("parser"),    STR("ast"),       STR("lib"),     STR("bindgen"),
	};

	return is_any(last_word(name), endings, ARRAY_LEN(endings));
}

/* Of 2,224 crates of 25 projects that the table did not know, 55 were proc macros: this tells 51 of
 * them, and takes 19 others for one, nearly all of them (syn, quote, prettyplease) in the table
 * since. */
static bool looks_like_one(const struct summary *summary)
{
	struct str name = summary->name;

	if (has_macro_name(name))
		return str_ends(name, STR_LIT("derive")) || handles_tokens(summary) ||
		       !has_deps(summary);
	return handles_tokens(summary) && !has_helper_name(name);
}

struct proc_macro_answer proc_macro_ask(const struct knowledge *knowledge,
                                        const struct local_package *local,
                                        const struct summary *summary,
                                        const struct package_facts *facts)
{
	if (local)
		return (struct proc_macro_answer){ local->proc_macro, FACT_FROM_MANIFEST };
	if (facts && facts->proc_macro != KNOWN_NOT)
		return (struct proc_macro_answer){ facts->proc_macro == KNOWN_YES,
			                           facts->proc_macro_from };
	if (!summary)
		return (struct proc_macro_answer){ false, FACT_FROM_INFERENCE };
	enum known known = knowledge_proc_macro(knowledge, summary->name);
	if (known != KNOWN_NOT)
		return (struct proc_macro_answer){ known == KNOWN_YES, FACT_FROM_TABLE };
	return (struct proc_macro_answer){ looks_like_one(summary), FACT_FROM_INFERENCE };
}

struct u32_list proc_macro_archives(struct arena *arena, const struct graph *graph,
                                    const struct facts *facts,
                                    const struct result_package *packages)
{
	struct u32_list list = { 0 };

	for (uint32_t i = 0; i < graph->package_n; i++) {
		const struct summary *summary = graph->packages[i].summary;
		const struct lock_source *source = &graph->lock->packages[i].source;

		if (!packages[i].built || !summary || graph->packages[i].is_local ||
		    packages[i].proc_macro_from != FACT_FROM_INFERENCE ||
		    !facts->packages[i].summary)
			continue;
		if (!source->is_crates_io || handles_tokens(summary) ||
		    has_macro_name(summary->name) ||
		    (!has_deps(summary) && tests_compiling(summary)))
			*vec_add(arena, &list) = i;
	}
	return list;
}
