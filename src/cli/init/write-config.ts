import { basename, dirname } from 'node:path';
import type { Project } from '../../compose/project/load-project.ts';
import {
  type ConfigLanguage,
  configSource,
  type InitialConfig,
} from '../../core/adoption/config-source.ts';
import type { ProjectFiles } from '../../core/adoption/project-files.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { InitOptions } from '../options/init-options.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import { Verbatim } from '../output/verbatim.ts';
import type { AdoptionWiring } from '../wiring/wire-adoption.ts';
import { isConfigured } from './is-configured.ts';
import type { Questions } from './questions.ts';

/** A configuration on its way into a file. */
export interface ConfigToWrite {
  readonly wiring: AdoptionWiring;
  readonly files: ProjectFiles;
  /** The existing configuration. */
  readonly configured: Project;
  readonly config: InitialConfig;
  readonly options: InitOptions;
  readonly questions: Questions | undefined;
  readonly screen: Screen;
}

/** The result for the configuration file. */
export type Written = 'written' | 'unchanged' | 'declined';

/**
 * Writes the configuration unless the existing one agrees with it. Throws `ConfigFileDiffers` if a different
 * one would be replaced without consent.
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
    screen.print([`✅ ${configured.fileName} is up to date: nothing to write`]);
    return 'unchanged';
  }
  const name = file === undefined ? files.configFile : basename(file);
  const text = configText(config, name, files.language);
  screen.print(['', screen.out.palette.strong(`${name}:`), '']);
  screen.print(text.trimEnd().split('\n').map(shownLine));
  screen.print(['']);
  // Its paths are relative to another folder, and it may be for a whole repository.
  if (file !== undefined && dirname(file) !== files.folder) throw elsewhere(file);
  if (file !== undefined && questions === undefined && !force) throw differs(name);
  const isAsked = file === undefined ? !yes : !force;
  if (isAsked && questions !== undefined) {
    const question =
      file === undefined ? `Write ${name}?` : `${name} exists and is different. Replace it?`;
    if (!(await questions.agree(question))) return 'declined';
  }
  await wiring.writeConfigFile(files, name, text);
  screen.print([`✅ Wrote ${name}`]);
  return 'written';
}

/** Code, which is copied as it is. */
function shownLine(line: string): Verbatim {
  return new Verbatim(line === '' ? '' : `   ${printable(line)}`);
}

/** In the language of an existing file, otherwise in that of the project. */
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
    `${name} exists and differs from the configuration above.`,
    {
      fault: 'usage',
      nextStep: `Copy what you need by hand, or replace the file: \`fanfold init --force\``,
    },
  );
}

function elsewhere(file: string): FanfoldError {
  return new FanfoldError(
    'ConfigFileDiffers',
    `The configuration of this project is ${file}, in a parent folder, and differs from the configuration above.`,
    {
      fault: 'usage',
      nextStep: `Run the command there (cd ${dirname(file)}), or make this folder a separate project with a package.json.`,
    },
  );
}
