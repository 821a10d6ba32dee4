#include "audit/result.h"

bool finding_counts(const struct audit_result *result, const struct finding *finding)
{
	if (finding->allowed || finding->in_baseline)
		return false;
	return !finding->inactive || result->project->options.include_inactive;
}

bool level_parse(struct str word, enum level *out)
{
	static const enum level ALL[] = { LEVEL_ALLOW, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

	for (size_t i = 0; i < ARRAY_LEN(ALL); i++) {
		if (!str_eq(word, str_of(level_name(ALL[i]))))
			continue;
		*out = ALL[i];
		return true;
	}
	return false;
}

const char *level_name(enum level level)
{
	switch (level) {
	case LEVEL_ALLOW:
		return "allow";
	case LEVEL_NOTE:
		return "note";
	case LEVEL_WARNING:
		return "warning";
	case LEVEL_ERROR:
		return "error";
	}
	return "allow";
}

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WORKS:
		return "works";
	case VERDICT_OWN_REACTOR:
		return "own-reactor";
	case VERDICT_BRIDGE:
		return "bridge";
	case VERDICT_PANICS:
		return "panics";
	case VERDICT_NO:
		return "no";
	case VERDICT_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

bool verdict_parse(struct str word, enum verdict *out)
{
	static const enum verdict ALL[] = { VERDICT_WORKS,  VERDICT_OWN_REACTOR, VERDICT_BRIDGE,
		                            VERDICT_PANICS, VERDICT_NO,          VERDICT_UNKNOWN };

	for (size_t i = 0; i < ARRAY_LEN(ALL); i++) {
		if (!str_eq(word, str_of(verdict_name(ALL[i]))))
			continue;
		*out = ALL[i];
		return true;
	}
	return false;
}
