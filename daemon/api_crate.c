#include "daemon/api_crate.h"
#include "audit/limits.h"
#include "base/when.h"
#include "daemon/inquire.h"
#include "daemon/params.h"
#include "report/crate_json.h"
#include "report/crate_text.h"

/* Reads the body: what is asked, and how the answer is to look. */
static bool read_question(const struct request *request, struct inquire *out,
                          struct report_view *view, bool *json, struct err *err)
{
	struct inquiry_question *question = &out->question;
	struct str format = { 0 }, at = { 0 };
	const struct param params[] = {
		{ .name = "crate", .value = &question->crate },
		{ .name = "features", .values = &question->features },
		{ .name = "all-features", .given = &question->all_features },
		{ .name = "no-default-features", .given = &question->no_default_features },
		{ .name = "target", .value = &question->target },
		{ .name = "at", .value = &at },
		{ .name = "offline", .given = &out->offline },
		{ .name = "format", .value = &format },
		{ .name = "width", .number = &view->width },
		{ .name = "color", .given = &view->color },
		{ .name = "verbose", .given = &view->verbose },
		{ .name = "quiet", .given = &view->quiet },
	};

	if (!params_read(request->arena, request->body, params, ARRAY_LEN(params), err) ||
	    !params_format(format, json, err))
		return false;
	if (question->crate.n == 0)
		return err_set(err, ERR_USAGE, "the option 'crate' is missing");
	if (question->features.n > OPTION_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d options 'features'",
		               OPTION_VALUES_MAX);
	if (at.n > 0 && !when_parse(at, &question->at, err)) {
		err->kind = ERR_USAGE;
		err_prefix(err, "--at: ");
		return false;
	}
	return true;
}

bool api_crate(struct service *service, const struct request *request, struct answer *answer,
               struct err *err)
{
	CLEANUP(inquire_end) struct inquire inquiry = { 0 };
	struct report_view view = { 0 };
	bool json = false;

	if (!read_question(request, &inquiry, &view, &json, err) ||
	    !inquire(service, request, &inquiry, err))
		return false;
	answer->body = buf_make(RESPONSE_MAX_BYTES);
	if (json)
		crate_json(&inquiry.answer, &answer->body);
	else
		crate_text(&inquiry.answer, &view, &answer->body);
	answer->content_type = answer_content_type(json ? STR_LIT("json") : STR_LIT("text"));
	return buf_done(&answer->body, "the answer", err);
}
