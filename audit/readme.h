/* audit/readme.h: the beginning of a README, or a description, as sentences of words.
 *
 * Of Markdown (and what plain text and HTML have in common with it) it knows as much as telling
 * what a person reads needs: fences, comments, tags and pictures are no text; a link is its text
 * and remembers where it leads.
 * Source: CommonMark 0.31, the parts named. Threads: pure. Memory: the caller's arena; words are
 * slices of the input. */
#ifndef RTAUDIT_AUDIT_README_H
#define RTAUDIT_AUDIT_README_H
#include "base/vec.h"

enum {
	/* An author who gives a crate up says so first; what stands further down is about the
	 * crate's parts. */
	README_READ_BYTES = 16 << 10,
	README_SENTENCES_MAX = 60,
	README_WORDS_MAX = 1500
};

struct readme_word {
	struct str text;  /* letters, digits and what stands within words; without emphasis */
	struct str url;   /* where it leads, or empty */
	bool is_link;     /* it alone is the text of a link */
	bool is_code;     /* between backticks */
	bool is_macro;    /* a ! follows it there */
	bool after_comma; /* a comma, a bracket or a dash stands between it and the word before */
};

struct readme_sentence {
	const struct readme_word *words;
	size_t n;
	struct str text; /* as it stands there; one line or more */
	uint32_t block;  /* paragraphs, headings and items, counted */
	bool is_heading, is_item, is_question;
	bool begins_block;
};

struct readme {
	struct {
		struct readme_sentence *p;
		size_t n, cap;
	} sentences;
	struct str_list pictures; /* the addresses of pictures */
};
void readme_read(struct arena *arena, struct str text, struct readme *out);
/* Whether a word is among these, whatever the case of its letters. */
bool readme_is_among(struct str word, const struct str *list, size_t n);
#endif
