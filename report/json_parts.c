#include "report/json_parts.h"
#include "base/when.h"

void json_key_str(struct jsonout *json, const char *key, struct str value)
{
	jsonout_key(json, key);
	jsonout_str(json, value);
}

void json_key_bool(struct jsonout *json, const char *key, bool value)
{
	jsonout_key(json, key);
	jsonout_bool(json, value);
}

void json_key_u64(struct jsonout *json, const char *key, uint64_t value)
{
	jsonout_key(json, key);
	jsonout_u64(json, value);
}

void json_key_strs(struct jsonout *json, const char *key, const struct str_list *list)
{
	jsonout_key(json, key);
	jsonout_array(json);
	for (size_t i = 0; i < list->n; i++)
		jsonout_str(json, list->p[i]);
	jsonout_array_end(json);
}

void json_key_moment(struct jsonout *json, const char *key, int64_t at)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };

	jsonout_key(json, key);
	if (at == 0)
		jsonout_null(json);
	else
		jsonout_str(json, when_rfc3339(&scratch, at));
}

static const char *known_from(enum fact_from from)
{
	switch (from) {
	case FACT_FROM_MANIFEST:
		return "manifest";
	case FACT_FROM_ARCHIVE:
		return "archive";
	case FACT_FROM_TABLE:
		return "facts";
	case FACT_FROM_INFERENCE:
	case FACT_FROM_NOWHERE:
		return "inferred";
	}
	return NULL;
}

void json_evidence(struct jsonout *json, const struct evidence_list *list)
{
	jsonout_key(json, "evidence");
	jsonout_array(json);
	for (size_t i = 0; i < list->n; i++) {
		jsonout_object(json);
		json_key_str(json, "rule", list->p[i].rule);
		json_key_str(json, "detail", list->p[i].detail);
		json_key_str(json, "source", list->p[i].source);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

void json_runtime(struct jsonout *json, const struct runtime_verdict *runtime)
{
	jsonout_key(json, "runtime");
	jsonout_object(json);
	json_key_str(json, "class", runtime->klass);
	json_key_bool(json, "hard", runtime->hard);
	json_key_strs(json, "binds", &runtime->binds);
	json_key_str(json, "rule", runtime->rule);
	jsonout_key(json, "confidence");
	jsonout_double(json, runtime->confidence, 2);
	json_key_bool(json, "inferred", runtime->inferred);
	json_evidence(json, &runtime->evidence);
	jsonout_object_end(json);
	jsonout_key(json, "compat");
	jsonout_object(json);
	for (size_t i = 0; i < runtime->compat.n; i++) {
		jsonout_key_str(json, runtime->compat.p[i].runtime);
		jsonout_text(json, verdict_name(runtime->compat.p[i].verdict));
	}
	jsonout_object_end(json);
	jsonout_key(json, "compat_why");
	jsonout_object(json);
	for (size_t i = 0; i < runtime->compat.n; i++) {
		if (runtime->compat.p[i].why.n == 0)
			continue;
		jsonout_key_str(json, runtime->compat.p[i].runtime);
		jsonout_str(json, runtime->compat.p[i].why);
	}
	jsonout_object_end(json);
}

void json_health(struct jsonout *json)
{
	jsonout_key(json, "health");
	jsonout_object(json);
	jsonout_key(json, "score");
	jsonout_null(json);
	jsonout_key(json, "grade");
	jsonout_null(json);
	json_key_u64(json, "confidence", 0);
	jsonout_key(json, "signals");
	jsonout_array(json);
	jsonout_array_end(json);
	jsonout_object_end(json);
}

void json_proc_macro(struct jsonout *json, enum known value, enum fact_from from)
{
	jsonout_key(json, "proc_macro");
	jsonout_object(json);
	json_key_bool(json, "value", value == KNOWN_YES);
	jsonout_key(json, "known");
	jsonout_text(json, known_from(from));
	jsonout_object_end(json);
}
