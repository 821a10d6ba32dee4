/* audit/proc_macro.h: whether a package is a proc macro, and how well that is known.
 *
 * An index does not say it, and it decides on which side a package is built. A manifest or archive
 * knows; a curated table knows the usual ones; else the name and the dependencies suggest it.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_PROC_MACRO_H
#define RTAUDIT_AUDIT_PROC_MACRO_H
#include "audit/knowledge.h"
#include "audit/workspace.h"

struct proc_macro_answer {
	bool value;
	enum fact_from from; /* FACT_FROM_INFERENCE where nobody knows */
};

/* `local`, `summary` and `facts` may each be NULL. */
struct proc_macro_answer proc_macro_ask(const struct knowledge *knowledge,
                                        const struct local_package *local,
                                        const struct summary *summary,
                                        const struct package_facts *facts);
/* The built registry packages whose answer is inferred and might be wrong: those of private
 * registries, and those of crates.io that handle token streams or have a name like a macro's. */
struct u32_list proc_macro_archives(struct arena *arena, const struct graph *graph,
                                    const struct facts *facts,
                                    const struct result_package *packages);
#endif
