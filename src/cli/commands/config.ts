import { Command } from 'commander';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import {
  configuredOptions,
  type EnvironmentOptions,
  environmentOf,
} from '../options/config-options.ts';
import { examples } from '../options/examples.ts';
import { addRolloutOptions } from '../options/rollout-options.ts';
import { addFleetOptions, addMigrateOptions } from '../options/run-options.ts';
import { settingsOf } from '../options/settings-of.ts';
import {
  addRunStoreOption,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { configLines } from '../output/config-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { usingScreen } from '../output/screen.ts';
import type { ProjectWiring } from '../wiring/wire-project.ts';

interface Options extends SetupOptions, OutputOptions, EnvironmentOptions {}

/** `config`: shows the effective settings, and where each value comes from. */
export function config(app: App<ProjectWiring>): Command {
  const { host, wiring } = app;
  const command = new Command('config').description(
    'Shows the effective settings of a run in this folder, and where each value comes from: a flag, an environment variable, the configuration file, the knexfile or the default. Takes the flags of a run to show what they would change. Only reads files; never shows a password or key.',
  );
  addRunStoreOption(
    addSetupOptions(addMigrateOptions(addRolloutOptions(addFleetOptions(command)))),
  );
  return command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples('fanfold config', 'fanfold config --env production', 'fanfold config --json'),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(host, async (screen) => {
          const project = await wiring.loadProject(environmentOf(options));
          const { fanfold, knex } = await wiring.installed(options.migrations);
          const shown = {
            file: project.fileName,
            environment: project.environment,
            fanfold,
            knex,
            knexfile: project.knexfile && {
              file: project.knexfile.fileName,
              environment: project.knexfile.environment,
            },
            settings: settingsOf(command, project, configuredOptions(project), host.env),
            setAside: project.knexfile?.setAside ?? [],
            idleKnexfile: project.idleKnexfile,
          };
          if (options.json === true) screen.print([jsonLine({ type: 'config', ...shown })]);
          else screen.print(configLines(shown, screen.out));
          return EXIT.ok;
        }),
      ),
    );
}
