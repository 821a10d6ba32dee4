/* tests/unit/fixture.h: pieces of locks and index lines, for tables of test cases. */
#ifndef RTAUDIT_TESTS_UNIT_FIXTURE_H
#define RTAUDIT_TESTS_UNIT_FIXTURE_H

#define CKSUM                                                                                      \
	"\"cksum\":\"0000000000000000000000000000000000000000000000000000000000000000\","          \
	"\"yanked\":false"
#define DEP_WITH(name, features, more)                                                             \
	"{\"name\":\"" name "\",\"req\":\"^1\",\"features\":[" features "],\"optional\":false,"    \
	"\"default_features\":true" more "}"
#define DEP(name) DEP_WITH(name, "", "")
#define OPTIONAL_DEP(name)                                                                         \
	"{\"name\":\"" name "\",\"req\":\"^1\",\"features\":[],\"optional\":true,"                 \
	"\"default_features\":true}"
#define LINE(name, deps, features)                                                                 \
	"{\"name\":\"" name "\",\"vers\":\"1.0.0\",\"deps\":[" deps "],\"features\":{" features    \
	"}," CKSUM "}"
#define PACKAGE(name, more) "[[package]]\nname = \"" name "\"\nversion = \"1.0.0\"\n" more "\n"
#define REGISTRY "source = \"registry+https://example.org/index\"\n"

#endif
