# The warnings and hardening of every target; presets choose the rest.
option(RTAUDIT_WERROR "warnings are errors" ON)
add_library(rt_flags INTERFACE)
target_compile_definitions(rt_flags INTERFACE _GNU_SOURCE RTAUDIT_VERSION="${PROJECT_VERSION}"
	RTAUDIT_HOST_TRIPLE="${CMAKE_SYSTEM_PROCESSOR}-unknown-linux-gnu")
target_compile_options(rt_flags INTERFACE -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wundef -Wvla
	-Wcast-qual -Wwrite-strings -Wpointer-arith -Wnull-dereference -Wdouble-promotion
	-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
	target_compile_options(rt_flags INTERFACE -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()
if(RTAUDIT_WERROR)
	target_compile_options(rt_flags INTERFACE -Werror)
endif()
target_link_libraries(rt_flags INTERFACE Threads::Threads)
