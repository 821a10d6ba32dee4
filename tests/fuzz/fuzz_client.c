#include "audit/limits.h"
#include "base/file.h"
#include "cli/ask.h"
#include "tests/fuzz/fuzz.h"
#include <sys/socket.h>
#include <unistd.h>

/* What fits into a socket that nobody reads yet. */
enum { ANSWER_MAX_BYTES = 64 << 10 };

/* Whatever is answered is read whole or refused, and an answer of an error has a sentence. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int mine = -1, theirs = -1;
	struct client_response response = { 0 };
	struct err err = { 0 };
	int pair[2];

	if (size > ANSWER_MAX_BYTES ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 0;
	mine = pair[0];
	theirs = pair[1];
	if (write(theirs, data, size) != (ssize_t)size)
		return 0;
	fd_close(&theirs);
	if (!client_receive(&arena, mine, 1000, &response, &err)) {
		assert(err.text[0] != '\0');
		return 0;
	}
	assert(response.http_status >= 200 && response.http_status <= 999);
	assert(response.exit_status >= -1 && response.exit_status <= 255);
	assert(response.body.n <= size);
	fuzz_touch(response.body);
	fuzz_touch(response.version);
	assert(ask_check(&response, &err) || (err.kind != ERR_NONE && err.text[0] != '\0'));
	return 0;
}
