function __PROGRAM_complete
  set -l words (commandline --tokenize --cut-at-cursor --current-process) (commandline --current-token --cut-at-cursor)
  set -l prefix (string match --regex -- '^--[^=]*=' $words[-1]) # the program answers with the values alone
  for line in ($words[1] __complete $words[2..-1] 2>/dev/null | string match --invert --regex '^:')
    echo -- "$prefix$line"
  end
end
complete --command PROGRAM --arguments '(__PROGRAM_complete)'
