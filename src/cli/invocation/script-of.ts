/** The scripts of a package.json. */
export type Scripts = Readonly<Record<string, string>>;

/**
 * The script of a project that runs our command, so that `npm run <script> -- <more>` adds words to it: the
 * last command of its line calls us, with nothing but flags after the command. A script with the command's
 * name is preferred, but one that only has the name, such as one that calls Knex, is not ours.
 */
export function scriptOf(command: string, scripts: Scripts): string | undefined {
  if (runsCommand(scripts[command], command)) return command;
  return Object.keys(scripts).find((name) => runsCommand(scripts[name], command));
}

/** Whether arguments of a script reach this command of ours. */
export function runsCommand(script: unknown, command: string): boolean {
  if (typeof script !== 'string') return false;
  // npm appends arguments to the script, so they only reach its last command.
  const last = script.split(/&&|\|\|?|;|\n/).at(-1) ?? '';
  const words = last.trim().split(/\s+/);
  const at = words.findIndex((word, index) => isOurs(word) && words[index + 1] === command);
  // An argument after `fanfold migrate:tenant acme-corp` would be a second tenant.
  return at >= 0 && (words[at + 2]?.startsWith('-') ?? true);
}

/** The binary by name or path, or the entry file that the scripts of this repository run. */
function isOurs(word: string): boolean {
  return /(?:^|[/\\])fanfold(?:\.cmd|\.ps1)?$|(?:^|[/\\])src[/\\]cli[/\\]main\.(?:ts|js)$/.test(
    word,
  );
}
