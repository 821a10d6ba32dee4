#include "audit/twin.h"
#include "audit/limits.h"

enum { WORDS_MAX = 12, RUNTIME_WORDS_MAX = 3, RUNTIME_NONE = UINT32_MAX };

/* A feature's name as words; longer names have no twin. */
struct words {
	struct str p[WORDS_MAX];
	size_t n;
};

static bool split(struct str name, struct words *out)
{
	size_t from = 0;

	out->n = 0;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '-' && name.p[i] != '_')
			continue;
		if (out->n == WORDS_MAX)
			return false;
		out->p[out->n++] = str_sub(name, from, i);
		from = i + 1;
	}
	return true;
}

static struct str without_digits(struct str word)
{
	while (word.n > 1 && word.p[word.n - 1] >= '0' && word.p[word.n - 1] <= '9')
		word.n--;
	return word;
}

/* The runtime that n words name: its own name, or a crate that is part of its newest version. */
static uint32_t runtime_named(const struct knowledge *knowledge, const struct str *words, size_t n)
{
	static const struct version newest = { .major = UINT32_MAX };
	char name[CRATE_NAME_MAX + 1] = { 0 };
	size_t at = 0;
	uint32_t of = 0;

	for (size_t i = 0; i < n; i++) {
		struct str word = i + 1 == n ? without_digits(words[i]) : words[i];

		if (at + word.n + 1 >= sizeof name)
			return RUNTIME_NONE;
		if (i > 0)
			name[at++] = '-';
		if (word.n > 0)
			memcpy(name + at, word.p, word.n);
		at += word.n;
	}
	if (knowledge_runtime_of(knowledge, (struct str){ name, at }, &newest, &of))
		return of;
	return RUNTIME_NONE;
}

/* "async_std" beside "async_tokio": "std" alone names async-std where "async" stands before it. */
static uint32_t runtime_at(const struct knowledge *knowledge, const struct words *words,
                           size_t from, size_t n)
{
	if (n == 1 && from > 0 && str_eq(words->p[from], STR_LIT("std")) &&
	    str_eq(words->p[from - 1], STR_LIT("async")))
		return runtime_named(knowledge, &words->p[from - 1], 2);
	return runtime_named(knowledge, &words->p[from], n);
}

static bool same(const struct str *a, const struct str *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

/* Whether `other` is `words` with the wanted runtime in the place of words[from .. from + n]. */
static bool is_twin(const struct knowledge *knowledge, const struct words *words, size_t from,
                    size_t n, const struct words *other, uint32_t wanted)
{
	size_t behind = words->n - from - n;

	if (other->n <= from + behind || other->n - from - behind > RUNTIME_WORDS_MAX)
		return false;
	return same(words->p, other->p, from) &&
	       same(&words->p[from + n], &other->p[other->n - behind], behind) &&
	       runtime_at(knowledge, other, from, other->n - from - behind) == wanted;
}

uint32_t twin_find(const struct knowledge *knowledge, const struct summary *summary,
                   uint32_t feature, uint32_t wanted)
{
	struct words words, other;

	if (!split(summary->features[feature].name, &words))
		return FEATURE_NONE;
	for (size_t from = 0; from < words.n; from++)
		for (size_t n = 1; n <= RUNTIME_WORDS_MAX && from + n <= words.n; n++) {
			uint32_t named = runtime_at(knowledge, &words, from, n);

			if (named == RUNTIME_NONE || named == wanted)
				continue;
			for (uint32_t f = 0; f < summary->feature_n; f++)
				if (f != feature && split(summary->features[f].name, &other) &&
				    is_twin(knowledge, &words, from, n, &other, wanted))
					return f;
		}
	return FEATURE_NONE;
}
