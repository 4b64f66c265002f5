import type { Command, Option } from 'commander';

/** An option for completion. */
export interface CompletedOption {
  readonly long: string;
  readonly short?: string | undefined;
  readonly description: string;
  /** Its value: none, one of a few words, or anything, such as a file. */
  readonly value: 'none' | 'any' | readonly string[];
}

/** A command for completion. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Possible values of its arguments, if there are only a few. */
  readonly words: readonly string[];
}

/** The visible commands of a program with their visible options. */
export function completedCommands(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  return help
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => {
      // Subcommands, such as `runs show`, are proposed with their options as if those were the command's.
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
