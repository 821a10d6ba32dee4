#include "daemon/listener.h"
#include "base/socket_path.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own for each test. */
struct place {
	char folder[64];
	char socket[512];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	snprintf(place->folder, sizeof place->folder, "/tmp/rtaudit-listener-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->socket, sizeof place->socket, "%s/run/rtauditd.sock", place->folder);
	*state = place;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static int remove_place(void **state)
{
	struct place *place = *state;

	nftw(place->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

static bool can_connect(const char *path)
{
	CLEANUP(fd_close) int folder = -1;
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	socklen_t size_bytes = 0;
	struct err err = { 0 };

	if (!socket_address(path, &address, &size_bytes, &folder, &err))
		return false;
	return connect(fd, (const struct sockaddr *)&address, size_bytes) == 0;
}

/* A listener in place, or the test fails. */
static void serve(struct listener *listener)
{
	struct err err = { 0 };

	if (listener_lock(listener, 0, &err) != 1)
		fail_msg("lock: %s", err.text);
	if (!listener_open(listener, 0600, &err))
		fail_msg("open: %s", err.text);
}

static void a_socket_is_the_owners_alone_and_leaves_nothing(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	struct stat info = { 0 };
	char folder[96];

	serve(&listener);
	assert_true(can_connect(place->socket));
	assert_int_equal(lstat(place->socket, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	snprintf(folder, sizeof folder, "%s/run", place->folder);
	assert_int_equal(stat(folder, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_true(listener_is_ours(&listener));
	listener_close(&listener);
	assert_int_equal(lstat(place->socket, &info), -1);
	assert_false(can_connect(place->socket));
}

static void a_second_daemon_finds_the_first(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener first = listener_at(place->socket);
	CLEANUP(listener_close) struct listener second = listener_at(place->socket);
	struct err err = { 0 };

	serve(&first);
	assert_int_equal(listener_lock(&second, 0, &err), 0);
	listener_close(&second);
	assert_true(can_connect(place->socket)); /* the loser removed nothing */
	listener_close(&first);
	assert_int_equal(listener_lock(&second, 0, &err), 1);
}

static void a_daemon_that_holds_the_lock_and_does_not_answer_is_named(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener first = listener_at(place->socket);
	CLEANUP(listener_close) struct listener second = listener_at(place->socket);
	struct err err = { 0 };

	assert_int_equal(listener_lock(&first, 0, &err), 1);
	assert_int_equal(listener_lock(&second, 0, &err), -1);
	assert_int_equal(err.kind, ERR_NETWORK);
	assert_non_null(strstr(err.text, "another rtauditd has this socket"));
}

static void a_stale_socket_is_replaced(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener dead = listener_at(place->socket);
	CLEANUP(listener_close) struct listener next = listener_at(place->socket);

	serve(&dead);
	/* As a killed process leaves it: the file stays, nobody listens, the lock is free. */
	close(dead.socket.plus1 - 1);
	close(dead.lock.plus1 - 1);
	dead.socket = dead.lock = (struct fd){ 0 };
	assert_false(can_connect(place->socket));
	serve(&next);
	assert_true(can_connect(place->socket));
	assert_false(listener_is_ours(&dead));
	listener_close(&dead);
	assert_true(can_connect(place->socket)); /* the dead one's end does not take the new file */
}

static void a_moved_or_replaced_socket_is_noticed(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	char away[600];
	struct stat info = { 0 };

	serve(&listener);
	snprintf(away, sizeof away, "%s.away", place->socket);
	assert_int_equal(rename(place->socket, away), 0);
	assert_false(listener_is_ours(&listener));
	assert_int_equal(rename(away, place->socket), 0);
	assert_false(listener_is_ours(&listener)); /* once lost, it is not taken back */
	listener_close(&listener);
	assert_int_equal(lstat(place->socket, &info), 0); /* nor removed */
}

static void a_hidden_socket_takes_no_new_clients_and_the_lock_stays(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	CLEANUP(listener_close) struct listener next = listener_at(place->socket);
	struct err err = { 0 };

	serve(&listener);
	listener_hide(&listener);
	assert_false(can_connect(place->socket));
	assert_int_equal(listener_lock(&next, 0, &err), -1);
}

static void a_file_that_is_no_socket_is_not_replaced(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	struct err err = { 0 };

	assert_int_equal(listener_lock(&listener, 0, &err), 1);
	CLEANUP(fd_close) int fd = open(place->socket, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_false(listener_open(&listener, 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "exists and is no socket"));
}

static void a_folder_that_others_may_write_to_is_refused(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	struct err err = { 0 };
	char folder[96];

	snprintf(folder, sizeof folder, "%s/run", place->folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(listener_lock(&listener, 0, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
}

static void a_path_longer_than_an_address_works(void **state)
{
	struct place *place = *state;
	char path[512];
	int n = snprintf(path, sizeof path, "%s/", place->folder);

	assert_true(n > 0);
	for (int i = 0; i < 3; i++) {
		memset(path + n, 'a' + i, 60);
		n += 60;
		path[n++] = '/';
	}
	snprintf(path + n, sizeof path - (size_t)n, "rtauditd.sock");
	if (access("/proc/self/fd", X_OK) != 0) {
		print_message("skipped: there is no /proc here\n");
		skip();
	}
	CLEANUP(listener_close) struct listener listener = listener_at(path);

	serve(&listener);
	assert_true(can_connect(path));
	assert_true(listener_is_ours(&listener));
}

static void an_inherited_socket_keeps_its_file(void **state)
{
	struct place *place = *state;
	CLEANUP(listener_close) struct listener manager = listener_at(place->socket);
	CLEANUP(listener_close) struct listener listener = listener_at(place->socket);
	CLEANUP(fd_close) int plain = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct err err = { 0 };

	serve(&manager);
	assert_false(listener_inherit(&listener, plain, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	int fd = dup(manager.socket.plus1 - 1);

	assert_true(listener_inherit(&listener, fd, &err));
	assert_true(listener_is_ours(&listener));
	listener_close(&listener);
	assert_true(can_connect(place->socket));
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_PLACE(a_socket_is_the_owners_alone_and_leaves_nothing),
		IN_A_PLACE(a_second_daemon_finds_the_first),
		IN_A_PLACE(a_daemon_that_holds_the_lock_and_does_not_answer_is_named),
		IN_A_PLACE(a_stale_socket_is_replaced),
		IN_A_PLACE(a_moved_or_replaced_socket_is_noticed),
		IN_A_PLACE(a_hidden_socket_takes_no_new_clients_and_the_lock_stays),
		IN_A_PLACE(a_file_that_is_no_socket_is_not_replaced),
		IN_A_PLACE(a_folder_that_others_may_write_to_is_refused),
		IN_A_PLACE(a_path_longer_than_an_address_works),
		IN_A_PLACE(an_inherited_socket_keeps_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
