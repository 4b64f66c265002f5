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

/** `completion <shell>`: prints the script by which a shell completes commands and options. */
export function completion({ host, action }: App): Command {
  const command = new Command('completion');
  return command
    .description(
      'Prints a script that completes the commands of fanfold, their options and the values of options. The script is complete in itself: pressing Tab starts no process. Print it again after an update.',
    )
    .addArgument(new Argument('<shell>', 'shell to complete for').choices(Object.keys(SCRIPTS)))
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
