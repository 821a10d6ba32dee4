#include "report/why.h"
#include "base/jsonout.h"
#include "report/need.h"
#include "report/style.h"

/* cargo's tree goes as deep as the graph; a path longer than this is shown as "…". */
enum { DEPTH_MAX = 120 };

struct asker {
	struct arena arena;
	const struct audit_result *result;
	struct style style;
	bool *shown; /* by node */
};

static const struct locked_package *locked_of(const struct asker *a, uint32_t node)
{
	return &a->result->graph->lock->packages[node_package(node)];
}

static struct str features_text(struct asker *a, uint32_t node)
{
	const struct graph_node *at = &a->result->graph->nodes[node];
	const struct summary *summary = a->result->graph->packages[node_package(node)].summary;
	struct str_list names = { 0 };

	for (uint32_t i = 0; i < at->feature_n; i++)
		*vec_add(&a->arena, &names) = summary->features[at->features[i]].name;
	return str_list_join(&a->arena, &names, ",");
}

static const struct dependency *dep_of(const struct asker *a, const struct graph_edge *edge)
{
	const struct summary *summary =
		a->result->graph->packages[node_package(edge->from)].summary;

	return summary && edge->dep != DEP_NONE ? &summary->deps[edge->dep] : NULL;
}

static const char *kind_name(enum dep_kind kind)
{
	switch (kind) {
	case KIND_NORMAL:
		return "normal";
	case KIND_BUILD:
		return "build";
	case KIND_DEV:
		return "dev";
	}
	return NULL;
}

/* What the depender asks for: "[build] with default, rt, net". */
static struct str asked_text(struct asker *a, const struct graph_edge *edge)
{
	const struct dependency *dep = dep_of(a, edge);
	struct str_list features = { 0 };
	struct str kind = { 0 };

	if (!dep)
		return kind;
	if (edge->kind != KIND_NORMAL)
		kind = arena_printf(&a->arena, " [%s]", kind_name(edge->kind));
	if (dep->default_features)
		*vec_add(&a->arena, &features) = STR_LIT("default");
	for (size_t i = 0; i < dep->features.n; i++)
		*vec_add(&a->arena, &features) = dep->features.p[i];
	if (features.n == 0)
		return arena_printf(&a->arena, STR_FMT " without default features", STR_ARG(kind));
	return arena_printf(&a->arena, STR_FMT " with " STR_FMT, STR_ARG(kind),
	                    STR_ARG(str_list_join(&a->arena, &features, ", ")));
}

/* The path of lines drawn before each level: whether more siblings follow. */
static void draw_branch(const struct asker *a, const bool *more, unsigned depth)
{
	for (unsigned i = 0; i + 1 < depth; i++)
		buf_text(a->style.to, more[i] ? "│   " : "    ");
	if (depth > 0)
		buf_text(a->style.to, more[depth - 1] ? "├── " : "└── ");
}

static void draw_node(struct asker *a, uint32_t node, struct str note)
{
	const struct locked_package *locked = locked_of(a, node);

	style_put(&a->style, TONE_BOLD, locked->name);
	style_put(&a->style, TONE_PLAIN,
	          arena_printf(&a->arena, " " STR_FMT, STR_ARG(locked->vers)));
	if (node_side(node) == SIDE_HOST)
		style_put(&a->style, TONE_DIM, STR_LIT(" (host)"));
	style_put(&a->style, TONE_DIM, note);
}

/* One level of the depth-first walk: which in-edge of `node` comes next. */
struct level_state {
	uint32_t node, next;
};

static void draw_dependers(struct asker *a, uint32_t start)
{
	const struct graph *graph = a->result->graph;
	struct level_state stack[DEPTH_MAX] = { { start, 0 } };
	bool more[DEPTH_MAX] = { 0 };
	unsigned depth = 1;

	a->shown[start] = true;
	while (depth > 0) {
		struct level_state *at = &stack[depth - 1];
		const struct graph_node *node = &graph->nodes[at->node];

		if (at->next == node->in_n) {
			depth--;
			continue;
		}
		const struct graph_edge *edge =
			&graph->edges[graph->in_edges[node->in_first + at->next++]];
		bool again = a->shown[edge->from], deeper = graph->nodes[edge->from].in_n > 0;
		struct str note = asked_text(a, edge);

		more[depth - 1] = at->next < node->in_n;
		if (again && deeper)
			note = arena_printf(&a->arena, STR_FMT " (*)", STR_ARG(note));
		draw_branch(a, more, depth);
		draw_node(a, edge->from, note);
		buf_byte(a->style.to, '\n');
		a->shown[edge->from] = true;
		if (!again && deeper && depth < DEPTH_MAX)
			stack[depth++] = (struct level_state){ edge->from, 0 };
	}
}

static void draw_inactive(struct asker *a, uint32_t package)
{
	const struct result_package *result = &a->result->packages[package];

	style_put(&a->style, TONE_BOLD, a->result->graph->lock->packages[package].name);
	style_put(&a->style, TONE_PLAIN,
	          arena_printf(&a->arena,
	                       " " STR_FMT
	                       " is locked, but not built with these features and targets",
	                       STR_ARG(a->result->graph->lock->packages[package].vers)));
	buf_byte(a->style.to, '\n');
	for (size_t i = 0; i < result->needs.n; i++) {
		buf_text(a->style.to, "  it would be, with ");
		style_put(&a->style, TONE_PLAIN, need_text(&a->arena, &result->needs.p[i]));
		buf_byte(a->style.to, '\n');
	}
}

static void why_text(struct asker *a, const struct u32_list *packages)
{
	for (size_t i = 0; i < packages->n; i++) {
		bool built = false;

		for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++) {
			uint32_t node = node_of(packages->p[i], side);

			if (!a->result->graph->nodes[node].built)
				continue;
			if (i > 0 || built)
				buf_byte(a->style.to, '\n');
			built = true;
			struct str features = features_text(a, node);
			draw_node(a, node,
			          features.n == 0 ? features
			                          : arena_printf(&a->arena, " features: " STR_FMT,
			                                         STR_ARG(features)));
			buf_byte(a->style.to, '\n');
			draw_dependers(a, node);
		}
		if (!built)
			draw_inactive(a, packages->p[i]);
	}
}

static void json_package(struct jsonout *json, const struct asker *a, uint32_t node)
{
	const struct locked_package *locked = locked_of(a, node);

	jsonout_key(json, "name");
	jsonout_str(json, locked->name);
	jsonout_key(json, "version");
	jsonout_str(json, locked->vers);
	jsonout_key(json, "side");
	jsonout_text(json, node_side(node) == SIDE_HOST ? "host" : "target");
}

static void json_edge(struct jsonout *json, const struct asker *a, const struct graph_edge *edge)
{
	const struct dependency *dep = dep_of(a, edge);

	jsonout_object(json);
	json_package(json, a, edge->from);
	jsonout_key(json, "kind");
	jsonout_text(json, kind_name(edge->kind));
	jsonout_key(json, "default_features");
	if (dep)
		jsonout_bool(json, dep->default_features);
	else
		jsonout_null(json);
	jsonout_key(json, "features");
	jsonout_array(json);
	for (size_t i = 0; dep && i < dep->features.n; i++)
		jsonout_str(json, dep->features.p[i]);
	jsonout_array_end(json);
	jsonout_object_end(json);
}

/* Every node above the asked ones, each once, with its dependers. */
static void why_json(struct asker *a, const struct u32_list *packages)
{
	const struct graph *graph = a->result->graph;
	struct jsonout json = jsonout_open(a->style.to, 2);
	struct u32_list queue = { 0 };

	for (size_t i = 0; i < packages->n; i++)
		for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++)
			if (graph->nodes[node_of(packages->p[i], side)].built) {
				*vec_add(&a->arena, &queue) = node_of(packages->p[i], side);
				a->shown[node_of(packages->p[i], side)] = true;
			}
	jsonout_object(&json);
	jsonout_key(&json, "schema");
	jsonout_text(&json, "rtaudit.why/1");
	jsonout_key(&json, "packages");
	jsonout_array(&json);
	for (size_t head = 0; head < queue.n; head++) {
		const struct graph_node *node = &graph->nodes[queue.p[head]];

		jsonout_object(&json);
		json_package(&json, a, queue.p[head]);
		jsonout_key(&json, "features");
		jsonout_str(&json, features_text(a, queue.p[head]));
		jsonout_key(&json, "dependers");
		jsonout_array(&json);
		for (uint32_t i = 0; i < node->in_n; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->in_edges[node->in_first + i]];

			json_edge(&json, a, edge);
			if (!a->shown[edge->from])
				*vec_add(&a->arena, &queue) = edge->from;
			a->shown[edge->from] = true;
		}
		jsonout_array_end(&json);
		jsonout_object_end(&json);
	}
	jsonout_array_end(&json);
	jsonout_object_end(&json);
	buf_byte(a->style.to, '\n');
}

static bool find_packages(struct asker *a, struct str crate, struct u32_list *out, struct err *err)
{
	const struct lockfile *lock = a->result->graph->lock;
	struct str name = { 0 }, vers = { 0 }, near = { 0 };
	size_t near_distance = 3;

	str_cut(crate, '@', &name, &vers);
	for (uint32_t i = 0; i < lock->n; i++) {
		const struct locked_package *locked = &lock->packages[i];
		size_t distance = str_distance(name, locked->name, 2);

		if (distance == 0 && (vers.n == 0 || str_eq(vers, locked->vers)))
			*vec_add(&a->arena, out) = i;
		if (distance < near_distance) {
			near_distance = distance;
			near = arena_printf(&a->arena, STR_FMT "@" STR_FMT, STR_ARG(locked->name),
			                    STR_ARG(locked->vers));
		}
	}
	if (out->n > 0)
		return true;
	return err_set(err, ERR_USAGE, "'" STR_FMT "' is not in the lock%s" STR_FMT "%s",
	               STR_ARG(crate), near.n ? "; did you mean '" : "", STR_ARG(near),
	               near.n ? "'?" : "");
}

bool why_render(struct str format, const struct audit_result *result, struct str crate,
                const struct report_view *view, struct buf *out, struct err *err)
{
	struct asker a = { .result = result, .style = { out, view->width, view->color } };
	struct u32_list packages = { 0 };
	bool ok = find_packages(&a, crate, &packages, err);

	a.shown = arena_array(&a.arena, (size_t)result->graph->package_n * 2, sizeof *a.shown);
	if (ok && str_eq(format, STR_LIT("json")))
		why_json(&a, &packages);
	else if (ok && str_eq(format, STR_LIT("text")))
		why_text(&a, &packages);
	else if (ok)
		ok = err_set(err, ERR_USAGE,
		             "unknown format '" STR_FMT "'; there are text and json",
		             STR_ARG(format));
	arena_free(&a.arena);
	return ok && buf_done(out, "the answer", err);
}
