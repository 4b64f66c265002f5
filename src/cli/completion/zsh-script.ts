import type { CompletedCommand, CompletedOption } from './completed-command.ts';

/** Completion for zsh. The colon in a command is escaped, because zsh separates the description by one. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef fanfold
# Completion of fanfold for zsh. In ~/.zshrc, after compinit: source <(fanfold completion zsh)
_fanfold() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name.replaceAll(':', '\\:')}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    _arguments '--help[show this help]' '--version[show the version]'
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCase).join('\n')}
  esac
}
compdef _fanfold fanfold
`;
}

function zshCase({ name, options, words }: CompletedCommand): string {
  const rest = words.length === 0 ? '*::' : `*:word:(${words.join(' ')})`;
  const specs = [...options.map(zshOption), rest === '*::' ? "'*: :_default'" : quoted(rest)];
  return `    ${name})
      _arguments \\
        ${specs.join(' \\\n        ')} ;;`;
}

function zshOption({ long, description, value }: CompletedOption): string {
  const described = `${long}[${description.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  if (value === 'none') return quoted(described);
  if (value === 'any') return quoted(`${described}:value:_files`);
  return quoted(`${described}:value:(${value.join(' ')})`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
