import type { Command, Option } from 'commander';

/** An option as a shell completes it. */
export interface CompletedOption {
  readonly long: string;
  readonly short?: string | undefined;
  readonly description: string;
  /** What may follow it: nothing, one of a few words, or anything, such as a file. */
  readonly value: 'none' | 'any' | readonly string[];
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words that its arguments may be, where there are only a few. */
  readonly words: readonly string[];
}

/** The commands of a program, with all that their help shows. */
export function completedCommands(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  return help
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => {
      // Those below it, as in `runs show`, are offered with their options as if they were its own.
      const below = help.visibleCommands(command).filter((each) => each.name() !== 'help');
      const options = [command, ...below].flatMap((each) => help.visibleOptions(each));
      const byName = new Map(options.flatMap(completedOption).map((each) => [each.long, each]));
      return {
        name: command.name(),
        summary: command.summary() || command.description(),
        options: [...byName.values()],
        words: [
          ...below.map((each) => each.name()),
          ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
        ],
      };
    });
}

function completedOption({
  long,
  short,
  description,
  argChoices,
  required,
  optional,
}: Option): CompletedOption[] {
  if (long === undefined) return [];
  const value = argChoices ?? (required || optional ? 'any' : 'none');
  return [{ long, short, description, value }];
}
