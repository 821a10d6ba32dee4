#include "db/crate_history.h"
#include <stdlib.h>

static int cmp_moments(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The dates of an index mostly stand in order. */
static void sort_moments(int64_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (p[i - 1] > p[i]) {
			qsort(p, n, sizeof *p, cmp_moments);
			return;
		}
	}
}

static int64_t median_interval(int64_t *dates, size_t n)
{
	if (n < 3)
		return 0;
	sort_moments(dates, n);
	for (size_t i = 0; i + 1 < n; i++)
		dates[i] = dates[i + 1] - dates[i];
	n--;
	qsort(dates, n, sizeof *dates, cmp_moments);
	return n % 2 == 1 ? dates[n / 2] : dates[n / 2 - 1] + (dates[n / 2] - dates[n / 2 - 1]) / 2;
}

static bool is_newer(const struct crate_head *a, const struct crate_head *b)
{
	struct version x = crate_head_version(a), y = crate_head_version(b);

	return semver_cmp(&x, &y) > 0;
}

void crate_history_of(const struct crate_value *value, struct arena *scratch, int64_t at,
                      struct crate_history *out)
{
	struct crate_history history = { .newest = UINT32_MAX };
	int64_t *dates = arena_array(scratch, value->n, sizeof *dates);
	size_t dated = 0;

	for (uint32_t i = 0; i < value->n; i++) {
		const struct crate_head *head = &value->heads[i];
		bool yanked = head->yanked && (at == 0 || head->yanked_at <= at);

		if (head->removed || (at != 0 && head->published_at > at))
			continue;
		history.releases++;
		history.yanked_releases += yanked ? 1 : 0;
		if (head->published_at != 0)
			dates[dated++] = head->published_at;
		if (head->published_at > history.newest_at)
			history.newest_at = head->published_at;
		if (!yanked && head->v <= INDEX_V_MAX &&
		    !(head->tail.n > 0 && head->tail.p[0] == '-') &&
		    (history.newest == UINT32_MAX || is_newer(head, &value->heads[history.newest])))
			history.newest = i;
	}
	history.rhythm_seconds = median_interval(dates, dated);
	if (dated > 0 && dated == history.releases) {
		history.first_at = history.newest_at;
		for (uint32_t i = 0; i < value->n; i++) {
			const struct crate_head *head = &value->heads[i];
			if (!head->removed && head->published_at < history.first_at)
				history.first_at = head->published_at;
		}
	}
	*out = history;
}
