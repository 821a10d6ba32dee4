#include "report/report.h"
#include "report/as_dot.h"
#include "report/as_json.h"
#include "report/as_text.h"

static const struct {
	struct str name;
	void (*render)(const struct audit_result *result, const struct knowledge *knowledge,
	               const struct report_view *view, struct buf *out);
} formats[] = {
	{ STR("text"), as_text },
	{ STR("json"), as_json },
	{ STR("dot"), as_dot },
};

static const char *nearest_format(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_distance(name, formats[i].name, 2) <= 2)
			return formats[i].name.p;
	return NULL;
}

bool report_has_format(struct str format, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(formats[i].name, format))
			return true;
	const char *near = nearest_format(format);
	return err_set(err, ERR_USAGE,
	               "unknown format '" STR_FMT "'%s%s%s; there are text, json and dot",
	               STR_ARG(format), near ? ", did you mean '" : "", near ? near : "",
	               near ? "'?" : "");
}

bool report_render(struct str format, const struct audit_result *result,
                   const struct knowledge *knowledge, const struct report_view *view,
                   struct buf *out, struct err *err)
{
	if (!report_has_format(format, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(formats[i].name, format))
			formats[i].render(result, knowledge, view, out);
	return buf_done(out, "the answer", err);
}
