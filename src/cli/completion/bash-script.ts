import type { CompletedCommand } from './completed-command.ts';

/**
 * Completion for bash, without the package bash-completion. Bash splits words at colons, which our commands
 * contain: the script splits the line again at spaces, and removes the part up to the last colon from its
 * proposals. It evaluates nothing in the line.
 */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of fanfold for bash. In ~/.bashrc: source <(fanfold completion bash)
_fanfold() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() current='' previous command='' offered='' files=''
  read -ra words <<< "$line"
  if [[ $line != *[[:space:]] && \${#words[@]} -gt 1 ]]; then
    current=\${words[-1]}
    unset 'words[-1]'
  fi
  previous=\${words[-1]:-}
  command=\${words[1]:-}
  case $command in
${commands.map(bashCase).join('\n')}
    *) [[ $command == '' || $command == -* ]] && offered='${commands.map(({ name }) => name).join(' ')} --help --version' ;;
  esac
  if [[ -n $files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
  fi
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}
complete -F _fanfold fanfold
`;
}

function bashCase({ name, options, words }: CompletedCommand): string {
  const any = options.filter(({ value }) => value === 'any').map(({ long }) => long);
  const chosen = options.flatMap(({ long, value }) =>
    typeof value === 'string' ? [] : [`        ${long}) offered='${value.join(' ')}' ;;`],
  );
  const flags = [...words, ...options.map(({ long }) => long)].join(' ');
  return `    ${name})
      case $previous in
${[...(any.length === 0 ? [] : [`        ${any.join('|')}) files=1 ;;`]), ...chosen, `        *) offered='${flags}' ;;`].join('\n')}
      esac ;;`;
}
