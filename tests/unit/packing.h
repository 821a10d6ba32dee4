/* tests/unit/packing.h: archives and packed texts, made in memory for tests. */
#ifndef RTAUDIT_TESTS_UNIT_PACKING_H
#define RTAUDIT_TESTS_UNIT_PACKING_H
#include "base/arena.h"
#include "tests/unit/unit.h"
#include <archive.h>
#include <archive_entry.h>

/* One entry; `kind` 0 is a regular file, 'l' a symbolic and 'h' a hard link to `text`. */
struct packed_entry {
	const char *path;
	struct str text;
	char kind;
};

static inline struct str pack(struct arena *arena, const struct packed_entry *entries, size_t n,
                              bool raw)
{
	size_t room = 1 << 20, used = 0;

	for (size_t i = 0; i < n; i++)
		room += entries[i].text.n;
	char *bytes = arena_alloc(arena, room);
	struct archive *writer = archive_write_new();
	archive_write_add_filter_gzip(writer);
	if (raw)
		archive_write_set_format_raw(writer);
	else
		archive_write_set_format_ustar(writer);
	assert_int_equal(archive_write_open_memory(writer, bytes, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, entries[i].path);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_filetype(entry, entries[i].kind == 'l' ? AE_IFLNK : AE_IFREG);
		if (entries[i].kind == 'l')
			archive_entry_set_symlink(entry, entries[i].text.p);
		else if (entries[i].kind == 'h')
			archive_entry_set_hardlink(entry, entries[i].text.p);
		else
			archive_entry_set_size(entry, (int64_t)entries[i].text.n);
		assert_int_equal(archive_write_header(writer, entry), ARCHIVE_OK);
		if (entries[i].kind == 0)
			assert_int_equal(
				archive_write_data(writer, entries[i].text.p, entries[i].text.n),
				(la_ssize_t)entries[i].text.n);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(writer), ARCHIVE_OK);
	archive_write_free(writer);
	return (struct str){ bytes, used };
}

/* The text as gzip makes it. */
static inline struct str gzip_of(struct arena *arena, struct str text)
{
	const struct packed_entry entry = { "data", text, 0 };

	return pack(arena, &entry, 1, true);
}
#endif
