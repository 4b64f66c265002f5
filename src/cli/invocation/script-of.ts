/** The scripts of a package.json. */
export type Scripts = Readonly<Record<string, string>>;

/**
 * The script of a project that runs our command, so that `npm run <script> -- <more>` is that command
 * with more words: the last command of its line calls us, and adds nothing to ours but flags. The one
 * of the command's own name is preferred. A script that only has the name, such as one that calls
 * Knex, is not ours.
 */
export function scriptOf(command: string, scripts: Scripts): string | undefined {
  if (runsCommand(scripts[command], command)) return command;
  return Object.keys(scripts).find((name) => runsCommand(scripts[name], command));
}

/** Whether what is typed behind a script reaches this command of ours. */
export function runsCommand(script: unknown, command: string): boolean {
  if (typeof script !== 'string') return false;
  // npm appends what is typed behind the script: it reaches the last command only.
  const last = script.split(/&&|\|\|?|;|\n/).at(-1) ?? '';
  const words = last.trim().split(/\s+/);
  const at = words.findIndex((word, index) => isOurs(word) && words[index + 1] === command);
  // Behind `fanfold migrate:tenant acme-corp` another tenant would be a second one.
  return at >= 0 && (words[at + 2]?.startsWith('-') ?? true);
}

/** The binary, by name or by path; or the entrance of this repository, which its own scripts run. */
function isOurs(word: string): boolean {
  return /(?:^|[/\\])fanfold(?:\.cmd|\.ps1)?$|(?:^|[/\\])src[/\\]cli[/\\]main\.(?:ts|js)$/.test(
    word,
  );
}
