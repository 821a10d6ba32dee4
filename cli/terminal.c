#include "cli/terminal.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_MAX = 1000 };

bool terminal_is(int fd)
{
	struct str kind = str_of(getenv("TERM"));

	return isatty(fd) && kind.n > 0 && !str_eq(kind, STR_LIT("dumb"));
}

size_t terminal_width(int fd)
{
	struct winsize size = { 0 };
	uint64_t columns = 0;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (str_to_u64(str_of(getenv("COLUMNS")), &columns) && columns <= WIDTH_MAX)
		return (size_t)columns;
	return 80;
}

bool terminal_has_color(int fd, struct str when)
{
	struct str none = str_of(getenv("NO_COLOR"));

	if (when.n == 0 && none.n > 0)
		return false;
	if (when.n == 0)
		when = str_of(getenv("CARGO_TERM_COLOR"));
	if (str_eq(when, STR_LIT("always")))
		return true;
	return !str_eq(when, STR_LIT("never")) && terminal_is(fd);
}
