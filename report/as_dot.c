#include "report/as_dot.h"
#include "audit/paths.h"
#include "base/printable.h"

/* Fill and line of the groups, in the order of their sizes; the last is for all further ones. Light
 * enough for black text, and told apart by people who see no red or green. */
static const struct {
	const char *fill, *line;
} colors[] = {
	{ "#cfe3f7", "#2c6fb0" }, { "#fbe0b8", "#c07a12" }, { "#d6ecc9", "#4d8a2b" },
	{ "#e8d3ee", "#8a4a9e" }, { "#fff2a8", "#a58c00" }, { "#c9eeee", "#23878a" },
	{ "#e5e5e5", "#6a6a6a" },
};

/* The packages of one class. */
struct group {
	struct str klass;
	uint32_t packages, drawn;
	bool has_frame; /* some that are drawn are not the project's own, which stand outside */
};

struct drawing {
	struct arena arena;
	struct buf *to;
	const struct audit_result *result;
	const struct knowledge *knowledge;
	uint32_t *parents; /* by node, towards the nearest member */
	bool *is_drawn;    /* by node */
	bool *is_failing;  /* by package: an error that counts is about it */
	struct {
		struct group *p;
		size_t n, cap;
	} groups;
};

static const struct runtime_verdict *verdict_of(const struct drawing *d, uint32_t node)
{
	return d->result->packages[node_package(node)].runtime;
}

/* The node that a package's verdict is about. */
static uint32_t judged_node(const struct graph *graph, uint32_t package)
{
	uint32_t node = node_of(package, SIDE_TARGET);

	return graph->nodes[node].built ? node : node_of(package, SIDE_HOST);
}

static bool is_bound(const struct drawing *d, uint32_t node)
{
	const struct runtime_verdict *verdict = verdict_of(d, node);

	return verdict && verdict->runtimes != 0 &&
	       judged_node(d->result->graph, node_package(node)) == node;
}

/* Marks what is drawn: the way to each package that asks for a runtime itself. */
static void choose_nodes(struct drawing *d)
{
	const struct graph *graph = d->result->graph;

	d->parents = graph_parents(&d->arena, graph);
	d->is_drawn = arena_array(&d->arena, (size_t)graph->package_n * 2, sizeof *d->is_drawn);
	for (uint32_t i = 0; i < graph->package_n; i++) {
		uint32_t node = judged_node(graph, i);

		if (!graph->nodes[node].built || !is_bound(d, node) ||
		    verdict_of(d, node)->own_runtimes == 0)
			continue;
		while (node != NODE_NONE && !d->is_drawn[node]) {
			d->is_drawn[node] = true;
			node = d->parents[node];
		}
	}
}

static void find_failing(struct drawing *d)
{
	d->is_failing = arena_array(&d->arena, d->result->graph->package_n, sizeof *d->is_failing);
	for (size_t i = 0; i < d->result->findings.n; i++) {
		const struct finding *finding = &d->result->findings.p[i];

		if (finding->level == LEVEL_ERROR && finding_counts(d->result, finding))
			d->is_failing[finding->package] = true;
	}
}

static struct group *group_of(struct drawing *d, struct str klass)
{
	for (size_t i = 0; i < d->groups.n; i++)
		if (str_eq(d->groups.p[i].klass, klass))
			return &d->groups.p[i];
	return NULL;
}

/* Finds the classes of what is drawn; the largest first, of equal ones the first by name. */
static void make_groups(struct drawing *d)
{
	const struct graph *graph = d->result->graph;

	for (uint32_t i = 0; i < graph->package_n; i++) {
		uint32_t node = judged_node(graph, i);

		if (!graph->nodes[node].built || !is_bound(d, node))
			continue;
		struct group *group = group_of(d, verdict_of(d, node)->klass);

		if (!group) {
			group = vec_add(&d->arena, &d->groups);
			group->klass = verdict_of(d, node)->klass;
		}
		group->packages++;
		group->drawn += d->is_drawn[node];
		group->has_frame |= d->is_drawn[node] && !graph->packages[i].is_local;
	}
	for (size_t i = 1; i < d->groups.n; i++) {
		struct group one = d->groups.p[i];
		size_t at = i;

		for (; at > 0 && (d->groups.p[at - 1].drawn < one.drawn ||
		                  (d->groups.p[at - 1].drawn == one.drawn &&
		                   str_cmp(d->groups.p[at - 1].klass, one.klass) > 0));
		     at--)
			d->groups.p[at] = d->groups.p[at - 1];
		d->groups.p[at] = one;
	}
}

/* Text between quotes: what Graphviz would take for an escape, an entity or the end is escaped. */
static void put_quoted(const struct drawing *d, struct str text)
{
	buf_byte(d->to, '"');
	while (text.n > 0) {
		size_t n = printable_length(text);

		if (n == 0 && text.p[0] == '\n')
			buf_text(d->to, "\\n");
		else if (n == 0)
			buf_printf(d->to, "\\\\x%02x", (unsigned)(unsigned char)text.p[0]);
		else if (text.p[0] == '"' || text.p[0] == '\\')
			buf_printf(d->to, "\\%c", text.p[0]);
		else if (text.p[0] == '&')
			buf_text(d->to, "&amp;");
		else
			buf_put(d->to, str_sub(text, 0, n));
		text = str_sub(text, n == 0 ? 1 : n, text.n);
	}
	buf_byte(d->to, '"');
}

static size_t color_of(const struct drawing *d, const struct group *group)
{
	size_t i = (size_t)(group - d->groups.p);

	return i < ARRAY_LEN(colors) ? i : ARRAY_LEN(colors) - 1;
}

/* What a package of the project needs at once; that it stands in no group leaves it unsaid
 * otherwise. */
static struct str mixed_text(struct drawing *d, uint32_t node)
{
	struct str several = STR_LIT("multi:"), klass = { 0 };

	if (is_bound(d, node) && d->result->graph->packages[node_package(node)].is_local)
		klass = verdict_of(d, node)->klass;
	if (!str_starts(klass, several))
		return (struct str){ 0 };
	return arena_printf(&d->arena, "\n" STR_FMT, STR_ARG(str_sub(klass, several.n, klass.n)));
}

static void put_node(struct drawing *d, uint32_t node, const char *indent)
{
	const struct graph *graph = d->result->graph;
	uint32_t package = node_package(node);
	const struct locked_package *locked = &graph->lock->packages[package];
	const struct runtime_verdict *verdict = verdict_of(d, node);
	const struct group *group = is_bound(d, node) ? group_of(d, verdict->klass) : NULL;
	bool host = node_side(node) == SIDE_HOST;

	buf_printf(d->to, "%sn%u [label=", indent, node);
	put_quoted(d, arena_printf(&d->arena, STR_FMT "\n" STR_FMT "%s" STR_FMT,
	                           STR_ARG(locked->name), STR_ARG(locked->vers),
	                           host ? " (host)" : "", STR_ARG(mixed_text(d, node))));
	buf_printf(d->to, ", style=\"%sfilled%s\"",
	           graph->packages[package].is_local ? "" : "rounded,", host ? ",dashed" : "");
	if (group)
		buf_printf(d->to, ", fillcolor=\"%s\"", colors[color_of(d, group)].fill);
	if (d->is_failing[package])
		buf_text(d->to, ", color=\"#c40000\", penwidth=2.4");
	else if (group)
		buf_printf(d->to, ", color=\"%s\"", colors[color_of(d, group)].line);
	if (group && verdict->evidence.n > 0) {
		buf_text(d->to, ", tooltip=");
		put_quoted(d, verdict->evidence.p[0].detail);
	}
	buf_text(d->to, "];\n");
}

static void put_group(struct drawing *d, const struct group *group, size_t number)
{
	const struct graph *graph = d->result->graph;

	if (!group->has_frame)
		return;
	buf_printf(d->to, "\n\tsubgraph cluster_%zu {\n\t\tlabel=", number);
	put_quoted(d, arena_printf(&d->arena, STR_FMT "\n%u package%s to it, %u drawn",
	                           STR_ARG(group->klass), group->packages,
	                           group->packages == 1 ? " binds" : "s bind", group->drawn));
	buf_printf(d->to, ";\n\t\tcolor=\"%s\";\n\t\tfontcolor=\"%s\";\n",
	           colors[color_of(d, group)].line, colors[color_of(d, group)].line);
	for (uint32_t i = 0; i < graph->package_n * 2; i++)
		if (d->is_drawn[i] && is_bound(d, i) &&
		    !graph->packages[node_package(i)].is_local &&
		    str_eq(verdict_of(d, i)->klass, group->klass))
			put_node(d, i, "\t\t");
	buf_text(d->to, "\t}\n");
}

/* Whether a feature brings the dependency of that name in: by "dep:name" or, where `by_feature`,
 * "name/feature". */
static bool brings_in(const struct summary_feature *feature, uint32_t dep_name, bool by_feature)
{
	enum fv_kind kind = by_feature ? FV_DEP_FEATURE : FV_DEP;

	for (uint32_t i = 0; i < feature->n; i++)
		if (feature->values[i].kind == kind && feature->values[i].dep_name == dep_name &&
		    !feature->values[i].weak)
			return true;
	return false;
}

/* The feature of the depender that is on and brings the edge in; empty where the dependency is not
 * optional. */
static struct str feature_of(const struct graph *graph, const struct graph_edge *edge)
{
	const struct summary *summary = graph->packages[node_package(edge->from)].summary;
	const struct graph_node *from = &graph->nodes[edge->from];

	if (!summary || edge->dep == DEP_NONE || !summary->deps[edge->dep].optional)
		return (struct str){ 0 };
	for (int by_feature = 0; by_feature < 2; by_feature++)
		for (uint32_t i = 0; i < from->feature_n; i++) {
			const struct summary_feature *feature =
				&summary->features[from->features[i]];

			if (brings_in(feature, summary->dep_name_of[edge->dep], by_feature == 1))
				return feature->name;
		}
	return (struct str){ 0 };
}

static void put_edge(struct drawing *d, const struct graph_edge *edge)
{
	static const char *const kinds[] = {
		[KIND_NORMAL] = "", [KIND_BUILD] = "build", [KIND_DEV] = "dev"
	};
	struct str feature = feature_of(d->result->graph, edge);
	const char *kind = kinds[edge->kind];

	buf_printf(d->to, "\tn%u -> n%u", edge->from, edge->to);
	if (feature.n > 0 || edge->kind != KIND_NORMAL) {
		buf_text(d->to, " [label=");
		put_quoted(d, arena_printf(&d->arena, "%s%s" STR_FMT, kind,
		                           feature.n > 0 && edge->kind != KIND_NORMAL ? ", " : "",
		                           STR_ARG(feature)));
		buf_printf(d->to, "%s]", edge->kind == KIND_NORMAL ? "" : ", style=dashed");
	}
	buf_text(d->to, ";\n");
}

/* Whether a package is the main crate of a runtime that another asks for itself. */
static bool is_asked_crate(const struct drawing *d, const struct graph_edge *edge)
{
	const struct locked_package *to = &d->result->graph->lock->packages[node_package(edge->to)];
	uint32_t runtime = 0;

	return is_bound(d, edge->from) && is_bound(d, edge->to) &&
	       knowledge_runtime_of(d->knowledge, to->name, &to->version, &runtime) &&
	       str_eq(knowledge_runtime_at(d->knowledge, runtime)->crate, to->name) &&
	       (verdict_of(d, edge->from)->own_runtimes >> runtime & 1) != 0;
}

/* One edge between two nodes: of a step of a path, or from who asks for a runtime to its crate. */
static void put_edges(struct drawing *d)
{
	const struct graph *graph = d->result->graph;

	buf_byte(d->to, '\n');
	for (uint32_t i = 0; i < graph->edge_n; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		bool again = i > 0 && edge[-1].from == edge->from && edge[-1].to == edge->to;

		if (again || !d->is_drawn[edge->from] || !d->is_drawn[edge->to])
			continue;
		if (d->parents[edge->to] == edge->from || is_asked_crate(d, edge))
			put_edge(d, edge);
	}
}

static void put_head(struct drawing *d)
{
	bool any = false;

	for (size_t i = 0; i < d->groups.n; i++)
		any |= d->groups.p[i].drawn > 0;
	buf_text(d->to, "// made by rtaudit; dot -Tsvg draws it\ndigraph runtimes {\n"
	                "\trankdir=LR;\n\tranksep=0.9;\n\tnodesep=0.12;\n\tlabelloc=t;\n"
	                "\tfontname=\"Helvetica,sans-serif\";\n"
	                "\tnode [shape=box, fillcolor=\"#ffffff\", color=\"#888888\", fontsize=11, "
	                "margin=\"0.12,0.05\", fontname=\"Helvetica,sans-serif\"];\n"
	                "\tedge [color=\"#555555\", fontsize=9, arrowsize=0.6, "
	                "fontname=\"Helvetica,sans-serif\"];\n\tlabel=");
	put_quoted(d,
	           arena_printf(&d->arena, STR_FMT ": %s", STR_ARG(d->result->project->lock_name),
	                        any ? "what binds to an async runtime, and how it comes in\n"
	                              "corners: the project's own, dashed: built for the host, "
	                              "red: an error"
	                            : "no package that is built binds to an async runtime"));
	buf_text(d->to, ";\n");
}

void as_dot(const struct audit_result *result, const struct knowledge *knowledge,
            const struct report_view *view, struct buf *out)
{
	struct drawing d = { .to = out, .result = result, .knowledge = knowledge };

	(void)view; /* a picture is always whole */
	choose_nodes(&d);
	find_failing(&d);
	make_groups(&d);
	put_head(&d);
	for (uint32_t i = 0; i < result->graph->package_n * 2; i++)
		if (d.is_drawn[i] &&
		    (!is_bound(&d, i) || result->graph->packages[node_package(i)].is_local))
			put_node(&d, i, "\t");
	for (size_t i = 0; i < d.groups.n; i++)
		put_group(&d, &d.groups.p[i], i);
	put_edges(&d);
	buf_text(out, "}\n");
	arena_free(&d.arena);
}
