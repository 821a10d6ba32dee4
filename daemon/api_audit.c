#include "daemon/api_audit.h"
#include "audit/limits.h"
#include "daemon/examine.h"
#include "daemon/params.h"
#include "report/changes.h"
#include "report/explain.h"
#include "report/report.h"
#include "report/why.h"

static struct report_view view_of(const struct project_view *view)
{
	return (struct report_view){
		.width = view->width,
		.color = view->color,
		.verbose = view->verbose,
		.quiet = view->quiet,
	};
}

static struct str format_or_text(struct str format)
{
	return format.n > 0 ? format : (struct str)STR("text");
}

/* The end of each handler here: what was rendered, if it fitted, is the answer. */
static bool hand_over(struct answer *answer, struct str format, int exit_status, struct err *err)
{
	if (!buf_done(&answer->body, "the answer", err))
		return false;
	answer->content_type = answer_content_type(format);
	answer->exit_status = exit_status;
	return true;
}

/* Reads the body. What is wrong with how the answer is to look is said before anything is fetched.
 */
static bool read_project(const struct request *request, struct project *out, struct err *err)
{
	return project_parse(request->arena, request->body, out, err) &&
	       report_has_format(format_or_text(out->view.format), err);
}

bool api_audit(struct service *service, const struct request *request, struct answer *answer,
               struct err *err)
{
	CLEANUP(examine_end) struct examination examination = { 0 };
	const struct project_view *view = &examination.project.view;

	if (!read_project(request, &examination.project, err) ||
	    !examine(service, request, &examination, err))
		return false;
	struct report_view shown = view_of(view);
	struct str format = format_or_text(view->format);

	answer->body = buf_make(RESPONSE_MAX_BYTES);
	return report_render(format, &examination.result, service->knowledge, &shown, &answer->body,
	                     err) &&
	       hand_over(answer, format, examination.result.fail ? 1 : 0, err);
}

bool api_audit_why(struct service *service, const struct request *request, struct answer *answer,
                   struct err *err)
{
	CLEANUP(examine_end) struct examination examination = { 0 };
	const struct project_view *view = &examination.project.view;

	if (!read_project(request, &examination.project, err))
		return false;
	if (view->crate.n == 0)
		return err_set(err, ERR_USAGE, "the option 'crate' is missing");
	if (!examine(service, request, &examination, err))
		return false;
	struct report_view shown = view_of(view);
	struct str format = format_or_text(view->format);

	answer->body = buf_make(RESPONSE_MAX_BYTES);
	return why_render(format, &examination.result, view->crate, &shown, &answer->body, err) &&
	       hand_over(answer, format, 0, err);
}

bool api_audit_diff(struct service *service, const struct request *request, struct answer *answer,
                    struct err *err)
{
	CLEANUP(examine_end) struct examination examination = { .compares = true };
	const struct project_view *view = &examination.project.view;
	struct diff diff = { 0 };

	if (!project_parse(request->arena, request->body, &examination.project, err))
		return false;
	struct report_view shown = view_of(view);
	struct str format = format_or_text(view->format);

	if (!changes_has_format(format, err))
		return false;
	if (examination.project.old_lock_name.n == 0)
		return err_set(err, ERR_USAGE, "the part 'old-lock' is missing");
	if (!examine(service, request, &examination, err))
		return false;
	diff_make(request->arena, &examination.older, &examination.result, &diff);
	answer->body = buf_make(RESPONSE_MAX_BYTES);
	return changes_render(format, &diff, &shown, &answer->body, err) &&
	       hand_over(answer, format, diff.fail ? 1 : 0, err);
}

bool api_audit_explain(struct service *service, const struct request *request,
                       struct answer *answer, struct err *err)
{
	struct report_view view = { 0 };
	struct str rule = { 0 }, format = { 0 };
	const struct param params[] = {
		{ .name = "rule", .value = &rule },
		{ .name = "format", .value = &format },
		{ .name = "width", .number = &view.width },
		{ .name = "color", .given = &view.color },
		{ .name = "verbose", .given = &view.verbose },
		{ .name = "quiet", .given = &view.quiet },
	};

	if (!params_read(request->arena, request->body, params, ARRAY_LEN(params), err))
		return false;
	format = format_or_text(format);
	answer->body = buf_make(RESPONSE_MAX_BYTES);
	return explain_render(format, service->knowledge, rule, &view, &answer->body, err) &&
	       hand_over(answer, format, 0, err);
}
