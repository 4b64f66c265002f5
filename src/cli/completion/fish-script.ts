import type { CompletedCommand, CompletedOption } from './completed-command.ts';

/** Completion for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of fanfold for fish. In ~/.config/fish/config.fish: fanfold completion fish | source
complete -c fanfold -n __fish_use_subcommand -f
complete -c fanfold -n __fish_use_subcommand -l help -d 'show this help'
complete -c fanfold -n __fish_use_subcommand -l version -d 'show the version'
${commands.flatMap(fishLines).join('\n')}
`;
}

function fishLines({ name, summary, options, words }: CompletedCommand): string[] {
  const within = `complete -c fanfold -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c fanfold -n __fish_use_subcommand -a ${quoted(name)} -d ${quoted(summary)}`,
    ...(words.length === 0 ? [] : [`${within} -f -a ${quoted(words.join(' '))}`]),
    ...options.map((option) => `${within} ${fishOption(option)}`),
  ];
}

function fishOption({ long, description, value }: CompletedOption): string {
  const flag = `-l ${long.slice(2)} -d ${quoted(description)}`;
  if (value === 'none') return flag;
  return value === 'any' ? `${flag} -r` : `${flag} -x -a ${quoted(value.join(' '))}`;
}

/** fish knows two escapes between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
