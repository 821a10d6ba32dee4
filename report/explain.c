#include "report/explain.h"
#include "base/jsonout.h"
#include "report/style.h"

static void one_text(const struct style *style, const struct rule_text *rule)
{
	static const struct {
		const char *label;
		size_t offset;
	} parts[] = {
		{ "What", offsetof(struct rule_text, summary) },
		{ "Why", offsetof(struct rule_text, why) },
		{ "Fix", offsetof(struct rule_text, fix) },
	};
	const struct {
		const char *reach;
		enum level level;
	} levels[] = { { "direct", rule->direct },
		       { "transitive", rule->transitive },
		       { "build", rule->build },
		       { "dev", rule->dev } };

	style_put(style, TONE_BOLD, rule->name);
	buf_byte(style->to, '\n');
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct str *text = (const void *)((const char *)rule + parts[i].offset);

		style_cell(style, TONE_DIM, str_of(parts[i].label), 8);
		style_wrap(style, TONE_PLAIN, 8, 8, *text);
		buf_byte(style->to, '\n');
	}
	style_cell(style, TONE_DIM, STR_LIT("Level"), 8);
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		buf_printf(style->to, "%s%s %s", i == 0 ? "" : ", ", levels[i].reach,
		           level_name(levels[i].level));
	buf_byte(style->to, '\n');
	style_cell(style, TONE_DIM, STR_LIT("Allow"), 8);
	buf_text(style->to, "in rtaudit.toml:  [[allow]]  rule = \"");
	style_put(style, TONE_PLAIN, rule->name);
	buf_text(style->to, "\"  crate = \"…\"  reason = \"…\"  expires = \"YYYY-MM-DD\"\n");
	for (size_t i = 0; i < rule->sources.n; i++) {
		style_cell(style, TONE_DIM, i == 0 ? STR_LIT("Source") : (struct str){ 0 }, 8);
		style_put(style, TONE_PLAIN, rule->sources.p[i]);
		buf_byte(style->to, '\n');
	}
}

static void one_json(struct jsonout *json, const struct rule_text *rule)
{
	jsonout_object(json);
	jsonout_key(json, "rule");
	jsonout_str(json, rule->name);
	jsonout_key(json, "summary");
	jsonout_str(json, rule->summary);
	jsonout_key(json, "why");
	jsonout_str(json, rule->why);
	jsonout_key(json, "fix");
	jsonout_str(json, rule->fix);
	jsonout_key(json, "levels");
	jsonout_object(json);
	jsonout_key(json, "direct");
	jsonout_text(json, level_name(rule->direct));
	jsonout_key(json, "transitive");
	jsonout_text(json, level_name(rule->transitive));
	jsonout_key(json, "build");
	jsonout_text(json, level_name(rule->build));
	jsonout_key(json, "dev");
	jsonout_text(json, level_name(rule->dev));
	jsonout_object_end(json);
	jsonout_key(json, "sources");
	jsonout_array(json);
	for (size_t i = 0; i < rule->sources.n; i++)
		jsonout_str(json, rule->sources.p[i]);
	jsonout_array_end(json);
	jsonout_object_end(json);
}

static void list_text(const struct style *style, const struct knowledge *knowledge)
{
	unsigned widest = 0;

	for (size_t i = 0; i < knowledge_rule_count(knowledge); i++) {
		unsigned columns = style_columns(knowledge_rule_at(knowledge, i)->name);
		widest = columns > widest ? columns : widest;
	}
	for (size_t i = 0; i < knowledge_rule_count(knowledge); i++) {
		const struct rule_text *rule = knowledge_rule_at(knowledge, i);

		style_cell(style, TONE_BOLD, rule->name, widest + 2);
		style_wrap(style, TONE_PLAIN, widest + 2, widest + 2, rule->summary);
		buf_byte(style->to, '\n');
	}
}

static bool unknown_rule(const struct knowledge *knowledge, struct str rule, struct err *err)
{
	struct str_nearest near = { .word = rule, .below = 5 };

	for (size_t i = 0; i < knowledge_rule_count(knowledge); i++)
		str_nearest_offer(&near, knowledge_rule_at(knowledge, i)->name);
	return err_set(err, ERR_USAGE, "there is no rule '" STR_FMT "'%s" STR_FMT "%s",
	               STR_ARG(rule),
	               near.name.n ? "; did you mean '" : "; `rtaudit explain` lists them",
	               STR_ARG(near.name), near.name.n ? "'?" : "");
}

bool explain_render(struct str format, const struct knowledge *knowledge, struct str rule,
                    const struct report_view *view, struct buf *out, struct err *err)
{
	const struct rule_text *one = rule.n > 0 ? knowledge_rule(knowledge, rule) : NULL;
	struct style style = { out, view->width, view->color };
	struct jsonout json = jsonout_open(out, 2);

	if (rule.n > 0 && !one)
		return unknown_rule(knowledge, rule, err);
	if (str_eq(format, STR_LIT("text"))) {
		if (one)
			one_text(&style, one);
		else
			list_text(&style, knowledge);
		return buf_done(out, "the answer", err);
	}
	if (!str_eq(format, STR_LIT("json")))
		return err_set(err, ERR_USAGE,
		               "unknown format '" STR_FMT "'; there are text and json",
		               STR_ARG(format));
	jsonout_array(&json);
	for (size_t i = 0; i < knowledge_rule_count(knowledge); i++)
		if (!one || knowledge_rule_at(knowledge, i) == one)
			one_json(&json, knowledge_rule_at(knowledge, i));
	jsonout_array_end(&json);
	buf_byte(out, '\n');
	return buf_done(out, "the answer", err);
}
