_PROGRAM() {
  local word line current args=() joins=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do # bash splits --flag=value in three
    if [[ $word == = && ${#args[@]} -gt 0 ]]; then args[-1]+==; joins=yes
    elif [[ $joins ]]; then args[-1]+=$word; joins=
    else args+=("$word"); fi
  done
  [[ $joins ]] && current= || current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ $line == :* ]] && continue
    [[ $line == "$current"* ]] && COMPREPLY+=("$line")
  done < <("${COMP_WORDS[0]}" __complete "${args[@]}" 2>/dev/null)
}
complete -o default -F _PROGRAM PROGRAM
