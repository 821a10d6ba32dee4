#include "daemon/place.h"
#include "base/file.h"
#include "base/socket_path.h"
#include <stdlib.h>

#define CONFIG_NAME "rtauditd.toml"
#define DATABASE_NAME "rtaudit.db"
#define LOG_NAME "rtauditd.log"
#define KNOWLEDGE_NAME "knowledge.toml"
#define SYSTEM_CONFIG "/etc/rtaudit/" CONFIG_NAME
#define SYSTEM_KNOWLEDGE "/etc/rtaudit/" KNOWLEDGE_NAME

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] != '\0' ? value : NULL;
}

/* $CARGO_HOME, else ~/.cargo; a relative one means nothing to a process that lives in "/". */
static const char *cargo_home(struct arena *arena, bool system)
{
	const char *given = variable("CARGO_HOME"), *home = variable("HOME");

	if (given)
		return given[0] == '/' ? given : NULL;
	/* A system user's home is no place where somebody ran cargo. */
	if (system || !home || home[0] != '/')
		return NULL;
	return file_join(arena, home, STR_LIT(".cargo"));
}

/* One folder of those that systemd makes for a unit, else the usual one. */
static const char *system_folder(const char *name, const char *otherwise)
{
	const char *value = variable(name);

	return value && value[0] == '/' && !strchr(value, ':') ? value : otherwise;
}

static void system_places(struct arena *arena, struct place *out)
{
	const char *state = system_folder("STATE_DIRECTORY", "/var/lib/rtaudit");

	out->socket = SOCKET_SYSTEM_PATH;
	out->database = file_join(arena, state, STR_LIT(DATABASE_NAME));
	out->cache = system_folder("CACHE_DIRECTORY", "/var/cache/rtaudit");
	out->config = SYSTEM_CONFIG;
	out->knowledge = SYSTEM_KNOWLEDGE;
}

static bool user_places(struct arena *arena, struct place *out, struct err *err)
{
	const char *data = NULL, *config = NULL, *cache = NULL, *state = NULL;
	bool one_folder = variable("RTAUDIT_HOME") != NULL;

	if (!socket_user_folder(arena, "XDG_DATA_HOME", ".local/share", &data, err) ||
	    !socket_user_folder(arena, "XDG_CONFIG_HOME", ".config", &config, err) ||
	    !socket_user_folder(arena, "XDG_CACHE_HOME", ".cache", &cache, err) ||
	    !socket_user_folder(arena, "XDG_STATE_HOME", ".local/state", &state, err))
		return false;
	out->database = file_join(arena, data, STR_LIT(DATABASE_NAME));
	out->cache = one_folder ? file_join(arena, cache, STR_LIT("cache")) : cache;
	out->log = file_join(arena, state, STR_LIT(LOG_NAME));
	out->config = file_join(arena, config, STR_LIT(CONFIG_NAME));
	if (!one_folder && !file_is_regular(out->config))
		out->config = SYSTEM_CONFIG;
	out->knowledge = file_join(arena, config, STR_LIT(KNOWLEDGE_NAME));
	if (!one_folder && !file_is_regular(out->knowledge))
		out->knowledge = SYSTEM_KNOWLEDGE;
	return true;
}

bool place_find(struct arena *arena, bool system, struct place *out, struct err *err)
{
	struct place place = { .system = system };

	if (system) {
		system_places(arena, &place);
	} else {
		struct socket_places sockets = { 0 };

		if (!socket_places(arena, &sockets, err) || !user_places(arena, &place, err))
			return false;
		place.socket = sockets.p[0].path;
	}
	place.cargo_home = cargo_home(arena, system);
	*out = place;
	return true;
}

static bool make_parent(const char *path, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str whole = str_of(path);
	size_t slash = str_find_last(whole, '/');

	return file_make_folders(arena_cstr(&arena, str_sub(whole, 0, slash)), 0700, err);
}

bool place_make_folders(const struct place *place, struct err *err)
{
	if (!make_parent(place->database, err) || !file_make_folders(place->cache, 0700, err))
		return false;
	return !place->log || make_parent(place->log, err);
}
