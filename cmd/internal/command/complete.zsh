#compdef PROGRAM
_PROGRAM() {
  local line
  local -a values asked=("${(@)words[2,CURRENT]}")
  compset -P '--*=' # the program answers with the values alone
  while IFS= read -r line; do
    [[ $line == :* ]] && continue
    values+=("${${line%%$'\t'*}//:/\\:}${${line#"${line%%$'\t'*}"}/$'\t'/:}")
  done < <("${words[1]}" __complete "${(@)asked}" 2>/dev/null)
  if (( ${#values} )); then _describe PROGRAM values; else _files; fi
}
compdef _PROGRAM PROGRAM
