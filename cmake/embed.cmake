# knowledge/ and db/schema/ are data; they are compiled in as bytes through one generated header each.
set(RTAUDIT_GENERATED ${CMAKE_BINARY_DIR}/generated)

function(rtaudit_embed target header symbol)
	if(NOT TARGET ${target} OR NOT ARGN)
		return()
	endif()
	add_custom_command(OUTPUT ${RTAUDIT_GENERATED}/${header}
		COMMAND ${CMAKE_COMMAND} -DOUT=${RTAUDIT_GENERATED}/${header} -DSYMBOL=${symbol}
			"-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
		DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
	add_custom_target(${target}_${symbol} DEPENDS ${RTAUDIT_GENERATED}/${header})
	add_dependencies(${target} ${target}_${symbol})
	target_include_directories(${target} PRIVATE ${RTAUDIT_GENERATED})
endfunction()

option(RTAUDIT_CURATED "compile in the curated rows of knowledge/binds.toml" ON)

function(rtaudit_embed_knowledge target)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/knowledge/*.toml
		${CMAKE_SOURCE_DIR}/knowledge/*.tsv)
	if(NOT RTAUDIT_CURATED) # for measuring what the rules alone know (docs/measurements.md)
		list(REMOVE_ITEM files ${CMAKE_SOURCE_DIR}/knowledge/binds.toml)
		file(WRITE ${CMAKE_BINARY_DIR}/without/binds.toml "# No crate is curated in this build.\n")
		list(APPEND files ${CMAKE_BINARY_DIR}/without/binds.toml)
	endif()
	rtaudit_embed(${target} knowledge/embedded.h knowledge_files ${files})
endfunction()

# A mistake in knowledge/ fails the build.
function(rtaudit_check_knowledge)
	add_executable(check_knowledge ${CMAKE_SOURCE_DIR}/cmake/check_knowledge.c)
	target_link_libraries(check_knowledge PRIVATE rt_audit)
	add_custom_command(OUTPUT ${RTAUDIT_GENERATED}/knowledge.checked
		COMMAND check_knowledge
		COMMAND ${CMAKE_COMMAND} -E touch ${RTAUDIT_GENERATED}/knowledge.checked
		DEPENDS check_knowledge COMMENT "Checking knowledge/" VERBATIM)
	add_custom_target(knowledge_checked ALL DEPENDS ${RTAUDIT_GENERATED}/knowledge.checked)
endfunction()

function(rtaudit_embed_schema target)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/db/schema/*.sql)
	rtaudit_embed(${target} schema/embedded.h schema_files ${files})
endfunction()
