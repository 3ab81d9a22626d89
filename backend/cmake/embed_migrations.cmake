# Writes a .cpp file that holds migrations/*.sql: cmake -D FOLDER=... -D OUTPUT=... -P embed_migrations.cmake
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(stem ${file} NAME_WE)
  if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${file}: a migration is named like 0001_initial.sql")
  endif()
  math(EXPR version "1${CMAKE_MATCH_1} - 10000")
  file(READ ${file} sql)
  string(APPEND rows "        {${version}, \"${CMAKE_MATCH_2}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed_migrations.cmake.
#include \"database/migrator.hpp\"

namespace panel::database {

const std::vector<Migration>& embedded_migrations() {
    static const std::vector<Migration> migrations{
${rows}    };
    return migrations;
}

} // namespace panel::database
")
