import { Command } from 'commander';
import type { App } from '../app.ts';
import { examples } from '../options/examples.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { runsList } from './runs-list.ts';
import { runsShow } from './runs-show.ts';

/** `runs list` and `runs show <run>`: the stored runs and their results. */
export function runs(app: App<KeptRunsWiring>): Command {
  return new Command('runs')
    .description('Shows the runs that are stored on this machine or, with --aws, those of a stack.')
    .addCommand(runsList(app))
    .addCommand(runsShow(app))
    .addHelpText('after', examples('fanfold runs list', 'fanfold runs show last'));
}
