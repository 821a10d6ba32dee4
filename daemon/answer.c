#include "daemon/answer.h"
#include "base/jsonout.h"

enum { ERROR_MAX_BYTES = 4096 };

void answer_error(struct answer *answer, enum err_kind kind, const char *text)
{
	buf_free(&answer->body);
	answer->http_status = (unsigned)err_http_status(kind);
	answer->exit_status = err_exit_status(kind);
	answer->content_type = "application/json";
	answer->body = buf_make(ERROR_MAX_BYTES);
	struct jsonout json = jsonout_open(&answer->body, 0);

	jsonout_object(&json);
	jsonout_key(&json, "error");
	jsonout_object(&json);
	jsonout_key(&json, "kind");
	jsonout_text(&json, err_kind_name(kind));
	jsonout_key(&json, "message");
	jsonout_text(&json, text);
	jsonout_object_end(&json);
	jsonout_object_end(&json);
	buf_byte(&answer->body, '\n');
}

const char *answer_content_type(struct str format)
{
	static const struct {
		const char *format, *type;
	} types[] = {
		{ "json", "application/json" },
		{ "sarif", "application/sarif+json" },
		{ "html", "text/html; charset=utf-8" },
		{ "markdown", "text/markdown; charset=utf-8" },
		{ "junit", "application/xml" },
		{ "dot", "text/vnd.graphviz; charset=utf-8" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(format, str_of(types[i].format)))
			return types[i].type;
	return "text/plain; charset=utf-8";
}
