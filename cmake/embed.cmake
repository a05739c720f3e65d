# Compiles text files into a target, as string literals: no tool but CMake is needed.
#
# culprit_embed(TARGET HEADER FUNCTION FILE...) gives
#   std::vector<std::pair<std::string_view, std::string_view>> culprit::FUNCTION();  // name without ending, text
# which HEADER declares. A changed file triggers a new configure, which rewrites the source.
function(culprit_embed target header function)
  set(CULPRIT_EMBED_HEADER ${header})
  set(CULPRIT_EMBED_FUNCTION ${function})
  set(CULPRIT_EMBED_ENTRIES "")
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME_WLE)
    file(READ ${file} text)
    string(APPEND CULPRIT_EMBED_ENTRIES "      {\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/generated/${target}_${function}.cc)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/embed.cc.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
