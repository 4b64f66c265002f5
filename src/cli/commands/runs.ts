import { Command } from 'commander';
import type { App } from '../app.ts';
import { examples } from '../options/examples.ts';
import { runsList } from './runs-list.ts';
import { runsShow } from './runs-show.ts';

/** `runs list` and `runs show <run>`: the runs that are kept, and what each came to. */
export function runs(app: App): Command {
  return new Command('runs')
    .summary('list the runs that are kept, and show one: its causes, the tenants that it leaves')
    .description('Shows the runs that are kept on this machine, or with --aws those of a stack.')
    .addCommand(runsList(app))
    .addCommand(runsShow(app))
    .addHelpText('after', examples('fanfold runs list', 'fanfold runs show last'));
}
