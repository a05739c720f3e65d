# The house has floors. A folder under src/ is one library; it may use only folders that stand
# on a lower floor. Two things enforce that:
#  1. culprit_folder() refuses at configure time to link a folder that does not stand lower;
#  2. the compiler finds the headers of a folder only through the link, because each folder is
#     seen through an include root of its own (build/include/<folder>/<folder> -> src/<folder>).
#     An include of anything that was not linked fails with "No such file".

set(CULPRIT_INCLUDE_ROOT ${CMAKE_BINARY_DIR}/include)

# culprit_folder(NAME FLOOR n [USES folder...] [LIBRARIES target...])
# Sources are every .cc below the folder that is not claimed by a folder of its own.
function(culprit_folder name)
  cmake_parse_arguments(ARG "" "FLOOR" "USES;LIBRARIES" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  string(REPLACE "/" "_" target ${name})

  set(root ${CULPRIT_INCLUDE_ROOT}/${target})
  get_filename_component(parent ${root}/${name} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${dir} ${root}/${name} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${root}/${name}/*.cc)
  add_library(culprit_${target} STATIC ${sources})
  set_target_properties(culprit_${target} PROPERTIES CULPRIT_FLOOR ${ARG_FLOOR} LINKER_LANGUAGE CXX)
  target_include_directories(culprit_${target} PUBLIC ${root})
  target_precompile_headers(culprit_${target} REUSE_FROM culprit_pch)
  foreach(used ${ARG_USES})
    string(REPLACE "/" "_" used_target ${used})
    if(NOT TARGET culprit_${used_target})
      message(FATAL_ERROR "src/${name} uses src/${used}, which is not below it (declare lower floors first)")
    endif()
    get_target_property(used_floor culprit_${used_target} CULPRIT_FLOOR)
    if(NOT used_floor LESS ARG_FLOOR)
      message(FATAL_ERROR
        "src/${name} (floor ${ARG_FLOOR}) may not use src/${used} (floor ${used_floor}): only lower floors")
    endif()
    target_link_libraries(culprit_${target} PUBLIC culprit_${used_target})
  endforeach()
  target_link_libraries(culprit_${target} PUBLIC ${ARG_LIBRARIES})
endfunction()
