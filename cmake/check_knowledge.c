/* cmake/check_knowledge.c: reads the files of knowledge/ that are compiled in, while building: what
 * a curator got wrong stops the build with file and line. */
#include "audit/knowledge.h"
#include <stdio.h>

int main(void)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge;
	struct err err = { 0 };

	if (knowledge_load(&arena, &knowledge, &err))
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}
