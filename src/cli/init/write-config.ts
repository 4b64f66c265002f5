import { basename, dirname } from 'node:path';
import {
  type ConfigLanguage,
  configSource,
  type InitialConfig,
} from '../../core/adoption/config-source.ts';
import type { ProjectFiles } from '../../core/adoption/project-files.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { Project } from '../../project/load-project.ts';
import type { InitOptions } from '../options/init-options.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { Wiring } from '../wiring.ts';
import { isConfigured } from './is-configured.ts';
import type { Questions } from './questions.ts';

/** A configuration on its way into a file. */
export interface ConfigToWrite {
  readonly wiring: Wiring;
  readonly files: ProjectFiles;
  /** The configuration that is there. */
  readonly configured: Project;
  readonly config: InitialConfig;
  readonly options: InitOptions;
  readonly questions: Questions | undefined;
  readonly screen: Screen;
}

/** What became of the configuration file. */
export type Written = 'written' | 'unchanged' | 'declined';

/**
 * Writes the configuration, or leaves one alone that says the same. Throws `ConfigFileDiffers` where
 * another one would be replaced and nobody has agreed to that.
 */
export async function writeConfig({
  wiring,
  files,
  configured,
  config,
  options: { yes = false, force = false },
  questions,
  screen,
}: ConfigToWrite): Promise<Written> {
  const { file } = configured;
  if (file !== undefined && isConfigured(configured, config, files.folder)) {
    screen.print([`✅ ${configured.fileName} says the same already: nothing is changed`]);
    return 'unchanged';
  }
  const name = file === undefined ? files.configFile : basename(file);
  const text = configText(config, name, files.language);
  screen.print(['', screen.out.palette.strong(`${name}:`), '']);
  screen.print(text.trimEnd().split('\n').map(shownLine));
  screen.print(['']);
  // Its paths start from another folder, and it may be that of a whole repository.
  if (file !== undefined && dirname(file) !== files.folder) throw elsewhere(file);
  if (file !== undefined && questions === undefined && !force) throw differs(name);
  const isAsked = file === undefined ? !yes : !force;
  if (isAsked && questions !== undefined) {
    const question =
      file === undefined ? `Write ${name}?` : `${name} says something else. Replace it?`;
    if (!(await questions.agree(question))) return 'declined';
  }
  await wiring.writeConfigFile(files, name, text);
  screen.print([`✅ Wrote ${name}`]);
  return 'written';
}

function shownLine(line: string): string {
  return line === '' ? '' : `   ${printable(line)}`;
}

/** In the language of a file that is there, else in the project's. */
function configText(config: InitialConfig, name: string, language: ConfigLanguage): string {
  if (name.endsWith('.json')) return configSource(config, 'json');
  if (/\.m?ts$/.test(name)) return configSource(config, 'typescript');
  if (name.endsWith('.mjs')) return configSource(config, 'esm');
  if (name.endsWith('.cjs')) return configSource(config, 'commonjs');
  return configSource(config, language);
}

function differs(name: string): FanfoldError {
  return new FanfoldError(
    'ConfigFileDiffers',
    `${name} is there already, and says something else than what is above.`,
    {
      fault: 'usage',
      nextStep: `Take over what you want of it by hand, or replace it: \`fanfold init --force\``,
    },
  );
}

function elsewhere(file: string): FanfoldError {
  return new FanfoldError(
    'ConfigFileDiffers',
    `The configuration of this project is ${file}, in a folder above, and says something else than what is above.`,
    {
      fault: 'usage',
      nextStep: `Run the command there (cd ${dirname(file)}), or make this folder a project of its own with a package.json.`,
    },
  );
}
