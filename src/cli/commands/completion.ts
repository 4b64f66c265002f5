import { Argument, Command } from 'commander';
import type { App } from '../app.ts';
import { bashScript } from '../completion/bash-script.ts';
import { completedCommands } from '../completion/completed-command.ts';
import { fishScript } from '../completion/fish-script.ts';
import { zshScript } from '../completion/zsh-script.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof SCRIPTS;

/** `completion <shell>`: what a shell reads to complete commands and flags; it starts no process then. */
export function completion({ host, action }: App): Command {
  const command = new Command('completion');
  return command
    .summary('print what makes a shell complete commands and flags')
    .description(
      'Prints a script that makes a shell complete the commands of fanfold, their flags, and the words that a flag may have. It holds all of them, so that the shell starts nothing when you press Tab; print it anew with a new version.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      examples(
        'fanfold completion bash >> ~/.bashrc',
        'fanfold completion zsh >> ~/.zshrc',
        'fanfold completion fish > ~/.config/fish/completions/fanfold.fish',
      ),
    )
    .action(
      action(async (shell: Shell) => {
        const program = command.parent;
        if (program === null) throw new TypeError('The command belongs to no program.');
        host.stdout.write(SCRIPTS[shell](completedCommands(program)));
        return EXIT.ok;
      }),
    );
}
