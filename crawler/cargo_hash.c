#include "crawler/cargo_hash.h"

enum {
	/* The places of these kinds in cargo's list of kinds of sources. */
	KIND_GIT_INDEX = 2,
	KIND_SPARSE_INDEX = 3,
	URL_MAX_BYTES = 2048,
	KIND_MAX_BYTES = 8
};

/* The state of SipHash. */
struct sip {
	uint64_t v[4];
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_rounds(struct sip *s, unsigned n)
{
	uint64_t *v = s->v;

	while (n-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void sip_word(struct sip *s, uint64_t word, unsigned rounds)
{
	s->v[3] ^= word;
	sip_rounds(s, rounds);
	s->v[0] ^= word;
}

/* Up to eight bytes as a number, the first the lowest. */
static uint64_t word_of(struct str bytes)
{
	uint64_t word = 0;

	for (size_t i = 0; i < bytes.n; i++)
		word |= (uint64_t)(unsigned char)bytes.p[i] << (8 * i);
	return word;
}

/* Takes in the whole message, its length in the last byte of the last word. The key is zero. */
static struct sip sip_message(struct str bytes, unsigned rounds, bool is_wide)
{
	struct sip s = { { 0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261,
		           0x7465646279746573 } };
	size_t at = 0;

	if (is_wide)
		s.v[1] ^= 0xee;
	for (; bytes.n - at >= 8; at += 8)
		sip_word(&s, word_of(str_sub(bytes, at, at + 8)), rounds);
	sip_word(&s, word_of(str_sub(bytes, at, bytes.n)) | (uint64_t)(bytes.n & 0xff) << 56,
	         rounds);
	return s;
}

static uint64_t sip_end(struct sip *s, unsigned rounds)
{
	sip_rounds(s, rounds);
	return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

static uint64_t sip_2_4(struct str bytes)
{
	struct sip s = sip_message(bytes, 2, false);

	s.v[2] ^= 0xff;
	return sip_end(&s, 4);
}

/* Both halves of the wide hash, as rustc-stable-hash makes one number of them. */
static uint64_t sip_1_3_wide(struct str bytes)
{
	struct sip s = sip_message(bytes, 1, true);

	s.v[2] ^= 0xee;
	uint64_t low = sip_end(&s, 3);
	s.v[1] ^= 0xdd;
	return low * 3 + sip_end(&s, 3);
}

/* The parts of an index's URL as cargo writes it. */
struct parts {
	bool is_sparse;
	struct str scheme; /* with what stands before '+' */
	struct str user;   /* with its '@'; may be empty */
	struct str host;   /* as the folder is called */
	struct str port;   /* with its ':'; may be empty */
	struct str path;   /* may be empty for what is not http */
};

static bool is_plain_byte(char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
	       c != '`' && c != '{' && c != '|' && c != '}' && c != '?' && c != '#';
}

static bool is_plain(struct str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (!is_plain_byte(url.p[i]))
			return false;
	return url.n <= URL_MAX_BYTES;
}

/* Whether a part of the path is "." or "..", also where it is escaped. */
static bool has_dots(struct str path)
{
	struct str part;

	while (path.n > 0) {
		str_cut(path, '/', &part, &path);
		if (str_eq(part, STR_LIT(".")) || str_eq(part, STR_LIT("..")) ||
		    str_find_str(part, STR_LIT("%2e")) != STR_NONE ||
		    str_find_str(part, STR_LIT("%2E")) != STR_NONE)
			return true;
	}
	return false;
}

static struct str lower(struct arena *arena, struct str text)
{
	char *p = arena_cstr(arena, text);

	for (size_t i = 0; i < text.n; i++)
		p[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i];
	return (struct str){ p, text.n };
}

/* Takes the port off the host; a bracketed address has colons of its own. */
static void split_port(struct str *host, struct str *port)
{
	size_t colon = str_find_last(*host, ':');

	if (colon == STR_NONE || str_find(str_sub(*host, colon, host->n), ']') != STR_NONE)
		return;
	*port = str_sub(*host, colon, host->n);
	host->n = colon;
}

static bool split_url(struct arena *arena, struct str url, struct parts *out)
{
	size_t at = str_find_str(url, STR_LIT("://"));

	if (at == STR_NONE || !is_plain(url))
		return false;
	*out = (struct parts){ .is_sparse = str_starts(url, STR_LIT("sparse+")),
		               .scheme = lower(arena, str_sub(url, 0, at)) };
	struct str rest = str_sub(url, at + 3, url.n);
	size_t slash = str_find(rest, '/');
	struct str authority = slash == STR_NONE ? rest : str_sub(rest, 0, slash);
	out->path = str_sub(rest, authority.n, rest.n);
	size_t sign = str_find_last(authority, '@');
	if (sign != STR_NONE)
		out->user = str_sub(authority, 0, sign + 1);
	out->host = str_sub(authority, out->user.n, authority.n);
	split_port(&out->host, &out->port);
	/* Only of http and https themselves, which "sparse+https" is not, does cargo know more. */
	bool is_http = str_eq(out->scheme, STR_LIT("http")),
	     is_https = str_eq(out->scheme, STR_LIT("https"));
	if (is_http || is_https) {
		out->host = lower(arena, out->host);
		if (str_eq(out->port, is_http ? STR_LIT(":80") : STR_LIT(":443")))
			out->port.n = 0;
		if (out->path.n == 0)
			out->path = STR_LIT("/");
	}
	return str_find(out->user, ':') == STR_NONE && !has_dots(out->path);
}

static struct str join_url(struct arena *arena, const struct parts *parts)
{
	return arena_printf(arena, STR_FMT "://" STR_FMT STR_FMT STR_FMT STR_FMT,
	                    STR_ARG(parts->scheme), STR_ARG(parts->user), STR_ARG(parts->host),
	                    STR_ARG(parts->port), STR_ARG(parts->path));
}

static struct str canonical_url(struct arena *arena, struct parts parts)
{
	struct str git = STR(".git");

	if (parts.path.n > 1 && str_ends(parts.path, STR_LIT("/")))
		parts.path.n--;
	if (str_eq(parts.host, STR_LIT("github.com"))) {
		parts.scheme = STR_LIT("https");
		parts.path = lower(arena, parts.path);
	}
	if (str_ends(parts.path, git))
		parts.path.n -= git.n;
	return join_url(arena, &parts);
}

/* The hash of a kind, as a number of `width` bytes, and a text; cargo writes its bytes from the
 * lowest. */
static struct str hash_text(struct arena *arena, unsigned kind, size_t width, struct str url,
                            uint64_t (*hash)(struct str))
{
	char bytes[KIND_MAX_BYTES + URL_MAX_BYTES + 8] = { (char)kind };
	char hex[17];
	size_t n = width + url.n + 1;

	memcpy(bytes + width, url.p, url.n);
	bytes[n - 1] = (char)0xff;
	uint64_t value = hash((struct str){ bytes, n });
	for (size_t i = 0; i < 8; i++) {
		hex[2 * i] = "0123456789abcdef"[value >> (8 * i + 4) & 15];
		hex[2 * i + 1] = "0123456789abcdef"[value >> (8 * i) & 15];
	}
	return arena_str(arena, (struct str){ hex, 16 });
}

void cargo_hash_folders(struct arena *arena, struct str index, struct str_list *out)
{
	struct str prefix = STR("registry+");
	struct parts parts;

	if (str_starts(index, prefix))
		index = str_sub(index, prefix.n, index.n);
	if (!split_url(arena, index, &parts))
		return;
	unsigned kind = parts.is_sparse ? KIND_SPARSE_INDEX : KIND_GIT_INDEX;
	struct str newer = hash_text(arena, kind, 1, canonical_url(arena, parts), sip_1_3_wide);
	struct str older = hash_text(arena, kind, KIND_MAX_BYTES, join_url(arena, &parts), sip_2_4);
	*vec_add(arena, out) =
		arena_printf(arena, STR_FMT "-" STR_FMT, STR_ARG(parts.host), STR_ARG(newer));
	*vec_add(arena, out) =
		arena_printf(arena, STR_FMT "-" STR_FMT, STR_ARG(parts.host), STR_ARG(older));
}
