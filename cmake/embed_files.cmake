# Writes OUT, a C header: `static const struct { const char *name; const char *bytes; size_t size; }
# SYMBOL[]`, one row for each of FILES, sorted by name. The bytes are NUL-terminated.
list(SORT FILES)
set(text "/* Generated from data files; do not edit. */\n#include <stddef.h>\n")
set(rows "")
set(i 0)
foreach(file ${FILES})
	file(READ ${file} hex HEX)
	file(SIZE ${file} size)
	get_filename_component(name ${file} NAME)
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
	# A string literal of limited length a line; adjacent ones join. 64 bytes are 256 characters.
	string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f]))" "\\1\"\n\t\"" bytes "${bytes}")
	string(APPEND text "static const char ${SYMBOL}_${i}[] =\n\t\"${bytes}\";\n")
	string(APPEND rows "\t{ \"${name}\", ${SYMBOL}_${i}, ${size} },\n")
	math(EXPR i "${i} + 1")
endforeach()
string(APPEND text "static const struct {\n\tconst char *name;\n\tconst char *bytes;\n\tsize_t size;\n} ${SYMBOL}[] = {\n${rows}};\n")
file(WRITE ${OUT} "${text}")
