#include "crawler/pack_order.h"
#include "tests/fuzz/fuzz.h"

/* The input is an index up to a byte that says how long it is, in 64s; the pack is the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	size_t cut = size > 0 ? (size_t)data[0] * 64 : 0;
	git_oid id = { { 0 } };

	if (size < 1 + sizeof id.id)
		return 0;
	memcpy(id.id, data + size - sizeof id.id, sizeof id.id);
	text = str_sub(text, 1, text.n);
	cut = cut < text.n ? cut : text.n;
	struct str index = str_sub(text, 0, cut), pack = str_sub(text, cut, text.n);

	(void)pack_order_place(index, &id);
	for (size_t at = 0; at < pack.n + 2 && at < 64; at++)
		(void)pack_order_base(index, pack, at);
	return 0;
}
