#include "audit/author_mark.h"
#include "audit/successor.h"

/* A phrase is words separated by blanks. */
static const struct phrase {
	struct str words;
	enum mark_kind kind;
	bool needs_successor; /* it is no mark where none is named */
	bool is_verb;         /* what people say of themselves: "we no longer maintain" */
} PHRASES[] = {
	{ STR("deprecated"), MARK_DEPRECATED, false, false },
	{ STR("discontinued"), MARK_DEPRECATED, false, false },
	{ STR("obsolete"), MARK_DEPRECATED, false, false },
	{ STR("unmaintained"), MARK_UNMAINTAINED, false, false },
	{ STR("abandoned"), MARK_UNMAINTAINED, false, false },
	{ STR("archived"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer being maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer actively maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer being actively maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer developed"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer actively developed"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer under development"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer under active development"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer supported"), MARK_UNMAINTAINED, false, false },
	{ STR("not maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("not actively maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("not being maintained"), MARK_UNMAINTAINED, false, false },
	{ STR("no longer maintain"), MARK_UNMAINTAINED, false, true },
	{ STR("no longer actively maintain"), MARK_UNMAINTAINED, false, true },
	{ STR("no longer maintaining"), MARK_UNMAINTAINED, false, true },
	{ STR("no longer actively maintaining"), MARK_UNMAINTAINED, false, true },
	{ STR("not maintaining"), MARK_UNMAINTAINED, false, true },
	{ STR("stopped maintaining"), MARK_UNMAINTAINED, false, true },
	{ STR("not maintain"), MARK_UNMAINTAINED, false, true },
	{ STR("not actively maintain"), MARK_UNMAINTAINED, false, true },
	{ STR("don't maintain"), MARK_UNMAINTAINED, false, true },
	{ STR("superseded by"), MARK_SUPERSEDED, false, false },
	{ STR("superseded"), MARK_SUPERSEDED, true, false },
	{ STR("replaced by"), MARK_SUPERSEDED, false, false },
	{ STR("merged into"), MARK_SUPERSEDED, true, false },
	{ STR("moved to"), MARK_MOVED, true, false },
	{ STR("moved into"), MARK_MOVED, true, false },
	{ STR("renamed to"), MARK_MOVED, true, false },
	{ STR("renamed"), MARK_MOVED, true, false },
	{ STR("rebranded as"), MARK_MOVED, true, false },
	{ STR("rebranded to"), MARK_MOVED, true, false },
};

/* A sentence that does not name its subject speaks of the crate up to here. */
enum { NEAR_BLOCKS = 12 };

/* Words between the subject and a phrase that change nothing. */
static const struct str FILLERS[] = {
	STR("is"),         STR("are"),         STR("was"),          STR("has"),
	STR("have"),       STR("been"),        STR("now"),          STR("being"),
	STR("officially"), STR("currently"),   STR("fully"),        STR("considered"),
	STR("become"),     STR("already"),     STR("as"),           STR("of"),
	STR("formally"),   STR("therefore"),   STR("hereby"),       STR("effectively"),
	STR("since"),      STR("also"),        STR("essentially"),  STR("basically"),
	STR("mostly"),     STR("largely"),     STR("completely"),   STR("and"),
	STR("in"),         STR("deprecated"),  STR("unmaintained"), STR("it's"),
	STR("itself"),     STR("permanently"), STR("entirely"),
};
/* What may stand before a phrase that has no subject. */
static const struct str OPENERS[] = {
	STR("note"),         STR("warning"),   STR("notice"),      STR("important"),
	STR("status"),       STR("attention"), STR("caution"),     STR("disclaimer"),
	STR("update"),       STR("project"),   STR("maintenance"), STR("info"),
	STR("announcement"), STR("crate"),     STR("please"),      STR("that"),
};
/* What a crate calls itself. */
static const struct str SELVES[] = {
	STR("crate"),     STR("project"), STR("library"),  STR("repo"),    STR("repository"),
	STR("package"),   STR("tool"),    STR("fork"),     STR("plugin"),  STR("software"),
	STR("module"),    STR("binding"), STR("bindings"), STR("program"), STR("implementation"),
	STR("lib"),       STR("code"),    STR("codebase"), STR("wrapper"), STR("framework"),
	STR("extension"), STR("crates"),
};
/* What a phrase says something about when it stands before it: "deprecated functions". */
static const struct str PARTS[] = {
	STR("function"),  STR("functions"),  STR("method"),    STR("methods"),
	STR("feature"),   STR("features"),   STR("api"),       STR("apis"),
	STR("attribute"), STR("attributes"), STR("item"),      STR("items"),
	STR("macro"),     STR("macros"),     STR("type"),      STR("types"),
	STR("flag"),      STR("flags"),      STR("version"),   STR("versions"),
	STR("field"),     STR("fields"),     STR("option"),    STR("options"),
	STR("trait"),     STR("traits"),     STR("syntax"),    STR("code"),
	STR("crate"),     STR("crates"),     STR("and"),       STR("or"),
	STR("algorithm"), STR("protocol"),   STR("protocols"), STR("functionality"),
	STR("by"),        STR("in"),         STR("with"),      STR("software"),
	STR("ciphers"),   STR("systems"),    STR("variants"),  STR("project"),
	STR("library"),   STR("on"),         STR("packages"),  STR("but"),
};
/* Before a phrase they make it a condition, a wish, its contrary or somebody else's. */
static const struct str DOUBTS[] = {
	STR("if"),        STR("when"),      STR("will"),    STR("may"),         STR("might"),
	STR("would"),     STR("until"),     STR("unless"),  STR("not"),         STR("never"),
	STR("isn't"),     STR("whether"),   STR("should"),  STR("could"),       STR("can"),
	STR("aren't"),    STR("once"),      STR("avoid"),   STR("replacement"), STR("alternative"),
	STR("successor"), STR("fork"),      STR("instead"), STR("versions"),    STR("version"),
	STR("branch"),    STR("series"),    STR("line"),    STR("support"),     STR("features"),
	STR("feature"),   STR("functions"), STR("methods"), STR("function"),    STR("method"),
	STR("api"),       STR("which"),     STR("because"), STR("than"),        STR("unlike"),
	STR("original"),  STR("other"),     STR("module"),  STR("modules"),     STR("macro"),
	STR("trait"),     STR("replaces"),
};

#define IS_AMONG(word, list) readme_is_among((word), (list), ARRAY_LEN(list))

static bool is(const struct readme_word *word, struct str text)
{
	return str_eq_nocase(word->text, text);
}

/* How many words of the sentence from `at` on are the phrase; 0: they are not. */
static size_t match(const struct readme_sentence *sentence, size_t at, struct str words)
{
	size_t n = 0;

	while (words.n > 0) {
		struct str word;

		str_cut(words, ' ', &word, &words);
		if (at + n >= sentence->n || !is(&sentence->words[at + n], word))
			return 0;
		n++;
	}
	return n;
}

static bool has_doubt(const struct readme_sentence *sentence, size_t to)
{
	for (size_t i = 0; i < to; i++) {
		struct str word = sentence->words[i].text;
		/* "this fork is", "this module is": the word before tells */
		bool is_self = i > 0 && is(&sentence->words[i - 1], STR_LIT("this"));
		if (IS_AMONG(word, DOUBTS) && !(is_self && IS_AMONG(word, SELVES)))
			return true;
	}
	return false;
}

/* Whether the words before `to` are this crate: "this library", "the foo crate", "foo". */
static bool is_subject(const struct readme_sentence *sentence, size_t to, struct str name)
{
	if (to == 0)
		return false;
	const struct readme_word *last = &sentence->words[to - 1];
	if (to == 1 && IS_AMONG(last->text, SELVES))
		return true;
	if (successor_is_crate(last->text, name))
		return to <= 4 || is(&sentence->words[to - 2], STR_LIT("the"));
	if (!IS_AMONG(last->text, SELVES))
		return is(last, STR_LIT("this")) && to <= 2 && sentence->block <= NEAR_BLOCKS;
	for (size_t i = to - 1; i-- > 0 && to - i <= 5;) {
		const struct readme_word *word = &sentence->words[i];
		if (is(word, STR_LIT("this")) || successor_is_crate(word->text, name))
			return true;
		if (is(word, STR_LIT("the")))
			return i + 2 == to && i <= 2;
	}
	return false;
}

static bool is_person(const struct readme_sentence *sentence, size_t to)
{
	static const struct str PERSONS[] = {
		STR("i"),      STR("i'm"),        STR("we"),   STR("we're"),
		STR("author"), STR("authors"),    STR("i've"), STR("am"),
		STR("we've"),  STR("maintainer"), STR("do"),
	};

	return to > 0 && IS_AMONG(sentence->words[to - 1].text, PERSONS);
}

static bool is_upper(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= 'a' && word.p[i] <= 'z')
			return false;
	return true;
}

/* Whether a sentence that begins with the phrase, or has it as a title has it, means the crate. */
static bool is_bare(const struct readme_sentence *sentence, size_t from, size_t to, struct str name)
{
	const struct readme_word *words = sentence->words;

	if (sentence->is_item || sentence->block > NEAR_BLOCKS)
		return false;
	for (size_t i = 0; i < from; i++)
		if (!IS_AMONG(words[i].text, OPENERS) && !successor_is_crate(words[i].text, name))
			return false;
	if (to == sentence->n || words[to].after_comma || is_upper(words[from].text))
		return to == sentence->n || !IS_AMONG(words[to].text, PARTS) ||
		       words[to].after_comma;
	static const struct str GO_ON[] = {
		STR("in"),    STR("use"), STR("please"),  STR("see"),     STR("as"), STR("notice"),
		STR("since"), STR("due"), STR("anymore"), STR("warning"), STR("by"), STR("to"),
	};
	/* a heading "deprecated x" speaks of x */
	return IS_AMONG(words[to].text, GO_ON);
}

/* Whether the phrase at words from..to of the sentence marks the crate. */
static bool is_mark(const struct readme_sentence *sentence, const struct phrase *phrase,
                    size_t from, size_t to, struct str name)
{
	const struct readme_word *words = sentence->words;
	size_t at = from;

	if (sentence->is_question || words[from].is_code || has_doubt(sentence, from))
		return false;
	while (at > 0 && IS_AMONG(words[at - 1].text, FILLERS) && !words[at - 1].is_code)
		at--;
	if (phrase->is_verb)
		return is_person(sentence, at) || is_person(sentence, from);
	if (at < from || (at > 0 && !words[from].after_comma))
		/* "crate is deprecated"; "this deprecated crate" is none */
		return (at < from && is_subject(sentence, at, name)) ||
		       (at == 0 && is_bare(sentence, 0, to, name)) ||
		       (from == at && is_bare(sentence, from, to, name));
	if (phrase->kind == MARK_MOVED || phrase->kind == MARK_SUPERSEDED)
		return at == 0 || is_subject(sentence, at, name);
	return is_bare(sentence, from, to, name) ||
	       /* "foo (deprecated)" */
	       (sentence->is_heading && sentence->n <= 8 && words[from].after_comma &&
	        to == sentence->n);
}

/* An address of a picture that says it. */
static const struct {
	struct str part;
	enum mark_kind kind;
} PICTURES[] = {
	{ STR("maintenance-deprecated"), MARK_DEPRECATED },
	{ STR("status-deprecated"), MARK_DEPRECATED },
	{ STR("maintained-no-"), MARK_UNMAINTAINED },
	{ STR("status-unmaintained"), MARK_UNMAINTAINED },
	{ STR("maintenance-unmaintained"), MARK_UNMAINTAINED },
	{ STR("maintenance-no-"), MARK_UNMAINTAINED },
	{ STR("unmaintained.tech/badge"), MARK_UNMAINTAINED },
	{ STR("repostatus.org/badges/latest/abandoned"), MARK_UNMAINTAINED },
	{ STR("repostatus.org/badges/latest/unsupported"), MARK_UNMAINTAINED },
};

/* The text of a mark: one line of UTF-8, cut at its ceiling. */
static struct str one_line(struct arena *arena, struct str text)
{
	struct str cut = str_sub(text, 0, MARK_TEXT_MAX_BYTES);
	char *to = arena_alloc(arena, cut.n + 1);
	size_t n = 0;

	while (cut.n < text.n && cut.n > 0 && ((unsigned char)text.p[cut.n] & 0xc0) == 0x80)
		cut.n--;
	bool is_utf8 = str_is_utf8(cut);
	for (size_t i = 0; i < cut.n; i++) {
		unsigned char c = (unsigned char)cut.p[i];
		if (c == '>' && (i == 0 || cut.p[i - 1] == '\n'))
			continue; /* of a quotation */
		if (c > 0x20 && c != 0x7f)
			to[n++] = c < 0x80 || is_utf8 ? cut.p[i] : '?';
		else if (n > 0 && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	return str_trim((struct str){ to, n });
}

/* Whether another sentence of the block of `at` tells where the code came from: then "this crate"
 * is perhaps that one. */
static bool is_about_origin(const struct readme *readme, size_t at)
{
	static const struct str ORIGINS[] = { STR("fork"), STR("forked"), STR("copied") };

	for (size_t s = 0; s < readme->sentences.n; s++) {
		const struct readme_sentence *sentence = &readme->sentences.p[s];

		if (s == at || sentence->block != readme->sentences.p[at].block)
			continue;
		for (size_t w = 0; w < sentence->n; w++)
			if (IS_AMONG(sentence->words[w].text, ORIGINS))
				return true;
	}
	return false;
}

/* The first sentence that marks the crate. */
static bool find_mark(const struct readme *readme, struct str name, struct arena *arena,
                      struct author_mark *out)
{
	for (size_t s = 0; s < readme->sentences.n; s++) {
		const struct readme_sentence *sentence = &readme->sentences.p[s];

		for (size_t w = 0; w < sentence->n; w++)
			for (size_t i = 0; i < ARRAY_LEN(PHRASES); i++) {
				const struct phrase *phrase = &PHRASES[i];
				size_t n = match(sentence, w, phrase->words);

				if (n == 0 || !is_mark(sentence, phrase, w, w + n, name) ||
				    is_about_origin(readme, s))
					continue;
				struct str successors = successors_find(arena, readme, s, name);
				if (phrase->needs_successor && successors.n == 0)
					continue;
				*out = (struct author_mark){ .kind = phrase->kind,
					                     .text = one_line(arena,
					                                      sentence->text),
					                     .successors = successors };
				return true;
			}
	}
	return false;
}

/* "Use X instead" as the whole of a description. */
static bool is_pointer(const struct readme *readme)
{
	if (readme->sentences.n == 0)
		return false;
	const struct readme_sentence *first = &readme->sentences.p[0];
	size_t at = first->n > 0 && is(&first->words[0], STR_LIT("please")) ? 1 : 0;

	return first->n >= at + 3 && first->n <= 8 && is(&first->words[at], STR_LIT("use")) &&
	       is(&first->words[first->n - 1], STR_LIT("instead"));
}

static void add(struct arena *arena, struct author_mark_list *out, enum mark_place place,
                struct author_mark mark)
{
	mark.place = place;
	*vec_add(arena, out) = mark;
}

void author_marks_read(struct arena *arena, const struct author_words *words,
                       struct author_mark_list *out)
{
	struct readme readme;
	struct author_mark mark;

	*out = (struct author_mark_list){ 0 };
	if (str_eq_nocase(words->badge, STR_LIT("deprecated")))
		add(arena, out, MARK_IN_BADGE,
		    (struct author_mark){ .kind = MARK_DEPRECATED,
		                          .text = STR_LIT("badges.maintenance: deprecated") });
	readme_read(arena, words->description, &readme);
	if (find_mark(&readme, words->name, arena, &mark)) {
		add(arena, out, MARK_IN_DESCRIPTION, mark);
	} else if (is_pointer(&readme)) {
		mark = (struct author_mark){ .kind = MARK_SUPERSEDED,
			                     .text = one_line(arena, words->description),
			                     .successors = successors_find(arena, &readme, 0,
			                                                   words->name) };
		if (mark.successors.n > 0)
			add(arena, out, MARK_IN_DESCRIPTION, mark);
	}
	readme_read(arena, words->readme, &readme);
	if (find_mark(&readme, words->name, arena, &mark)) {
		add(arena, out, MARK_IN_README, mark);
		return;
	}
	for (size_t i = 0; i < readme.pictures.n; i++)
		for (size_t p = 0; p < ARRAY_LEN(PICTURES); p++)
			if (str_find_str(readme.pictures.p[i], PICTURES[p].part) != STR_NONE) {
				mark = (struct author_mark){ .kind = PICTURES[p].kind,
					                     .text = one_line(
								     arena, readme.pictures.p[i]) };
				add(arena, out, MARK_IN_README, mark);
				return;
			}
}

static const struct str KINDS[] = { [MARK_DEPRECATED] = STR("deprecated"),
	                            [MARK_UNMAINTAINED] = STR("unmaintained"),
	                            [MARK_MOVED] = STR("moved"),
	                            [MARK_SUPERSEDED] = STR("superseded") };
static const struct str PLACES[] = { [MARK_IN_BADGE] = STR("badge"),
	                             [MARK_IN_DESCRIPTION] = STR("description"),
	                             [MARK_IN_README] = STR("readme") };

const char *mark_kind_name(enum mark_kind kind)
{
	return KINDS[kind].p;
}

const char *mark_place_name(enum mark_place place)
{
	return PLACES[place].p;
}

bool mark_kind_parse(struct str word, enum mark_kind *out)
{
	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++)
		if (str_eq(word, KINDS[i])) {
			*out = (enum mark_kind)i;
			return true;
		}
	return false;
}

bool mark_place_parse(struct str word, enum mark_place *out)
{
	for (size_t i = 0; i < ARRAY_LEN(PLACES); i++)
		if (str_eq(word, PLACES[i])) {
			*out = (enum mark_place)i;
			return true;
		}
	return false;
}
