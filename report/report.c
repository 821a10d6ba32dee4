#include "report/report.h"
#include "report/as_json.h"
#include "report/as_text.h"

static const struct {
	struct str name;
	void (*render)(const struct audit_result *result, const struct knowledge *knowledge,
		       const struct report_view *view, struct buf *out);
} formats[] = {
	{ STR("text"), as_text },
	{ STR("json"), as_json },
};

static const char *nearest_format(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_distance(name, formats[i].name, 2) <= 2)
			return formats[i].name.p;
	return NULL;
}

bool report_render(struct str format, const struct audit_result *result, const struct knowledge *knowledge,
		   const struct report_view *view, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (!str_eq(formats[i].name, format))
			continue;
		formats[i].render(result, knowledge, view, out);
		return buf_done(out, "the answer", err);
	}
	const char *near = nearest_format(format);
	return err_set(err, ERR_USAGE, "unknown format '" STR_FMT "'%s%s%s; there are text and json",
		       STR_ARG(format), near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}
