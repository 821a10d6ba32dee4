#include "audit/path_glob.h"

/* The bytes of the character that s begins with; broken UTF-8 counts a byte at a time. */
static size_t char_bytes(struct str s)
{
	size_t n = 1;

	while (n < s.n && n < 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Where the ']' is that ends the class which begins at pattern[at] == '[', or STR_NONE. The first
 * character of a class may be ']' itself. */
static size_t class_end(struct str pattern, size_t at)
{
	size_t first = at + 1;

	if (first < pattern.n && pattern.p[first] == '!')
		first++;
	for (size_t i = first + 1; i < pattern.n; i++)
		if (pattern.p[i] == ']')
			return i;
	return STR_NONE;
}

/* Whether a class, without its brackets, holds a character. UTF-8 keeps the order of characters. */
static bool class_has(struct str class, struct str character)
{
	bool negated = str_starts(class, STR_LIT("!"));
	bool found = false;

	class = str_sub(class, negated ? 1 : 0, class.n);
	while (class.n > 0) {
		struct str low = str_sub(class, 0, char_bytes(class)), high = low;

		class = str_sub(class, low.n, class.n);
		if (class.n > 1 && class.p[0] == '-') {
			class = str_sub(class, 1, class.n);
			high = str_sub(class, 0, char_bytes(class));
			class = str_sub(class, high.n, class.n);
		}
		found |= str_cmp(low, character) <= 0 && str_cmp(character, high) <= 0;
	}
	return found != negated;
}

/* Whether the token of the pattern at *p, which is no '*', takes the character at *s; then both
 * move on. */
static bool take_one(struct str pattern, size_t *p, struct str text, size_t *s)
{
	struct str character = str_sub(text, *s, text.n);
	size_t next = *p + 1;
	bool fits;

	character.n = char_bytes(character);
	if (pattern.p[*p] == '[') {
		size_t end = class_end(pattern, *p);

		if (end == STR_NONE)
			return false;
		fits = class_has(str_sub(pattern, *p + 1, end), character);
		next = end + 1;
	} else if (pattern.p[*p] == '?') {
		fits = true;
	} else {
		fits = pattern.p[*p] == text.p[*s];
		character.n = 1;
	}
	if (fits) {
		*p = next;
		*s += character.n;
	}
	return fits;
}

/* One part of a path against one part of a pattern. After a mismatch the last '*' takes one byte
 * more; earlier ones never need to. */
static bool part_matches(struct str pattern, struct str text)
{
	size_t p = 0, s = 0, star = STR_NONE, star_s = 0;

	while (s < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			star_s = s;
		} else if (p < pattern.n && take_one(pattern, &p, text, &s)) {
			continue;
		} else if (star != STR_NONE) {
			p = star + 1;
			s = ++star_s;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* Whether the crate would take it as a pattern at all. */
static bool is_valid(struct str pattern)
{
	struct str part;

	while (pattern.n > 0) {
		str_cut(pattern, '/', &part, &pattern);
		if (str_eq(part, STR_LIT("**")))
			continue;
		for (size_t i = 0; i < part.n; i++) {
			if (part.p[i] == '*' && i + 1 < part.n && part.p[i + 1] == '*')
				return false;
			if (part.p[i] == '[' && (i = class_end(part, i)) == STR_NONE)
				return false;
		}
	}
	return true;
}

bool path_glob_matches(struct str pattern, struct str path)
{
	const struct str any = STR("**");
	struct str part, of_path;
	/* behind the last "**", and where it was tried */
	struct str again = { 0 }, again_path = { 0 };
	bool has_again = false;

	if (!is_valid(pattern))
		return false;
	while (path.n > 0 || pattern.n > 0) {
		struct str rest, rest_path;

		str_cut(pattern, '/', &part, &rest);
		str_cut(path, '/', &of_path, &rest_path);
		if (str_eq(part, any) && rest.n == 0)
			return path.n > 0;
		if (str_eq(part, any)) {
			again = pattern = rest;
			again_path = path;
			has_again = true;
		} else if (pattern.n > 0 && path.n > 0 && part_matches(part, of_path)) {
			pattern = rest;
			path = rest_path;
		} else if (has_again && again_path.n > 0) {
			str_cut(again_path, '/', &of_path, &again_path);
			pattern = again;
			path = again_path;
		} else {
			return false;
		}
	}
	return true;
}

bool path_glob_is_pattern(struct str text)
{
	return str_find(text, '*') != STR_NONE || str_find(text, '?') != STR_NONE ||
	       str_find(text, '[') != STR_NONE;
}
