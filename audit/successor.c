#include "audit/successor.h"
#include "audit/limits.h"

/* After one of these the successor is named. */
static const struct str CUES[] = {
	STR("use"),         STR("using"),       STR("by"),          STR("to"),
	STR("into"),        STR("favor"),       STR("favour"),      STR("see"),
	STR("as"),          STR("successor"),   STR("consider"),    STR("recommend"),
	STR("replacement"), STR("alternative"), STR("try"),         STR("alternatives"),
	STR("check"),       STR("visit"),       STR("at"),          STR("prefer"),
	STR("renamed"),     STR("deprecated"),  STR("recommended"), STR("superseded"),
	STR("is"),
};
/* What may stand between a cue and a name. */
static const struct str BETWEEN[] = {
	STR("the"),        STR("its"),       STR("new"),      STR("crate"),   STR("a"),
	STR("please"),     STR("of"),        STR("newer"),    STR("use"),     STR("using"),
	STR("out"),        STR("named"),     STR("fork"),     STR("called"),  STR("by"),
	STR("to"),         STR("into"),      STR("official"), STR("is"),      STR("better"),
	STR("maintained"), STR("migrating"), STR("instead"),  STR("various"), STR("places"),
	STR("in"),         STR("switching"), STR("either"),   STR("now"),     STR("moving"),
	STR("library"),    STR("project"),
};

struct names {
	struct arena *arena;
	struct str own;
	struct str_list list;
};

static bool may_be_crate(struct str text)
{
	if (text.n < 2 || text.n > CRATE_NAME_MAX || text.p[0] < 'a' || text.p[0] > 'z')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

/* The crate that an address of a registry or of its documentation is about. */
static struct str crate_of_url(struct str url)
{
	static const struct str BEFORE[] = {
		STR("crates.io/crates/"), STR("docs.rs/crate/"), STR("docs.rs/"),
		STR("lib.rs/crates/"),    STR("lib.rs/"),
	};

	for (size_t i = 0; i < ARRAY_LEN(BEFORE); i++) {
		size_t at = str_find_str(url, BEFORE[i]);
		if (at == STR_NONE)
			continue;
		size_t from = at + BEFORE[i].n, to = from;
		while (to < url.n && url.p[to] != '/' && url.p[to] != '?' && url.p[to] != '#' &&
		       url.p[to] != '"')
			to++;
		return str_sub(url, from, to);
	}
	return (struct str){ 0 };
}

/* Words that are no names, though they could be. */
static const struct str NO_NAMES[] = {
	STR("the"),       STR("this"),          STR("it"),
	STR("that"),      STR("another"),       STR("other"),
	STR("new"),       STR("newer"),         STR("your"),
	STR("our"),       STR("them"),          STR("those"),
	STR("rust"),      STR("same"),          STR("separate"),
	STR("different"), STR("single"),        STR("main"),
	STR("original"),  STR("parent"),        STR("one"),
	STR("following"), STR("these"),         STR("an"),
	STR("official"),  STR("upstream"),      STR("library"),
	STR("version"),   STR("any"),           STR("here"),
	STR("issue"),     STR("github"),        STR("announcement"),
	STR("crate"),     STR("documentation"), STR("its"),
	STR("either"),    STR("readme"),        STR("repository"),
	STR("native"),
};

/* The crate that a word names, or empty. A word in plain type names one only where it is told that
 * it is one. */
static struct str crate_of(const struct readme_word *word, bool is_told)
{
	struct str text = word->text;
	struct str from_url = crate_of_url(word->url);
	size_t path = str_find_str(text, STR_LIT("::"));

	if (may_be_crate(from_url))
		return from_url;
	/* `tokio::fs` is a part of tokio; a link of several words is none */
	if (path != STR_NONE)
		text = str_sub(text, 0, path);
	if (word->is_macro || !may_be_crate(text) ||
	    readme_is_among(text, NO_NAMES, ARRAY_LEN(NO_NAMES)))
		return (struct str){ 0 };
	return word->is_code || is_told || path != STR_NONE || word->is_link ? text
	                                                                     : (struct str){ 0 };
}

bool successor_is_crate(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char x = a.p[i] == '-' ? '_' : a.p[i], y = b.p[i] == '-' ? '_' : b.p[i];

		if (!str_eq_nocase((struct str){ &x, 1 }, (struct str){ &y, 1 }))
			return false;
	}
	return true;
}

static void add(struct names *names, struct str name)
{
	if (name.n == 0 || names->list.n == SUCCESSORS_MAX || successor_is_crate(name, names->own))
		return;
	for (size_t i = 0; i < names->list.n; i++)
		if (successor_is_crate(name, names->list.p[i]))
			return;
	*vec_add(names->arena, &names->list) = name;
}

/* Whether word `at`, in plain type, is called a crate: "the foo crate", "foo instead"; or ends "in
 * favor of foo", "replaced by foo". */
static bool is_told(const struct readme_sentence *sentence, size_t at)
{
	static const struct str BEHIND[] = { STR("instead"), STR("crate") };
	static const struct str BEFORE[] = { STR("favor"), STR("favour"), STR("superseded"),
		                             STR("replaced"), STR("succeeded") };
	const struct readme_word *words = sentence->words;
	bool is_last = at + 1 == sentence->n || words[at + 1].after_comma;

	if (is_last)
		return at >= 2 && readme_is_among(words[at - 2].text, BEFORE, ARRAY_LEN(BEFORE));
	return readme_is_among(words[at + 1].text, BEHIND, ARRAY_LEN(BEHIND));
}

/* The names behind a cue at word `at`, and those that follow with "or", "and" and commas. */
static void read_names(struct names *names, const struct readme_sentence *sentence, size_t at)
{
	static const struct str MORE[] = { STR("or"), STR("and"), STR("crate"), STR("crates"),
		                           STR("the") };
	bool has_one = false;
	size_t passed = 0;

	for (; at < sentence->n; at++) {
		const struct readme_word *word = &sentence->words[at];
		struct str name = crate_of(word, is_told(sentence, at));

		if (name.n > 0 && (!has_one || word->is_code || word->is_link)) {
			add(names, name);
			has_one = true;
		} else if (has_one ? !readme_is_among(word->text, MORE, ARRAY_LEN(MORE))
		                   : !readme_is_among(word->text, BETWEEN, ARRAY_LEN(BETWEEN)) ||
		                             ++passed > 4) {
			return;
		}
	}
}

struct str successors_find(struct arena *arena, const struct readme *readme, size_t first,
                           struct str name)
{
	struct names names = { .arena = arena, .own = name };
	uint32_t block = readme->sentences.p[first].block;

	/* A heading is about the paragraph below it. */
	if (readme->sentences.p[first].is_heading)
		block++;
	for (size_t s = first; s < readme->sentences.n && s < first + 4; s++) {
		const struct readme_sentence *sentence = &readme->sentences.p[s];

		if (sentence->block > block && s > first + 1)
			break;
		for (size_t w = 0; w < sentence->n; w++)
			if (!sentence->words[w].is_code &&
			    readme_is_among(sentence->words[w].text, CUES, ARRAY_LEN(CUES)))
				read_names(&names, sentence, w + 1);
		if (names.list.n > 0)
			break;
	}
	return str_list_join(arena, &names.list, " ");
}
