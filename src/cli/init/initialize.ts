import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { InitOptions } from '../options/init-options.ts';
import { mappingLines, tenantCountLines } from '../output/adoption-lines.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { AdoptionWiring } from '../wiring/wire-adoption.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProjectWiring } from '../wiring/wire-project.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import { centralUrl } from './central-url.ts';
import { checkAdoption } from './check-adoption.ts';
import { fileLines, mentionedFolder, proposeFiles } from './propose-files.ts';
import { proposeTenants } from './propose-tenants.ts';
import { questionsOn } from './questions.ts';
import { readSamples } from './read-samples.ts';
import { writeConfig } from './write-config.ts';

/** The groups of the wiring that this command uses. */
type Needs = ProjectWiring &
  AdoptionWiring &
  CredentialsWiring &
  MigrationFilesWiring &
  TenantsWiring;

/**
 * Sets Fanfold up in the current folder: inspects it, asks if something is unclear, writes the configuration
 * and tries it out. Tenants are read with the new configuration before it is written, so the file always
 * works.
 */
export async function initialize(
  app: App<Needs>,
  typed: InitOptions,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { out } = screen;
  const questions = typed.yes === true ? undefined : questionsOn(host);
  const options = { ...typed, centralUrl: await centralUrl(host, typed) };
  const configured = await wiring.loadProject(options.env);
  const files = await wiring.readProjectFiles();

  const tenants = await wiring.usingCentralTables(options, async (central) => {
    const { database, tables } = central;
    screen.print([
      `🔎 Central database ${printable(database)}: ${countOf(tables.length, 'table')}`,
    ]);
    return proposeTenants(central, options, questions, configured.section.central?.tenants);
  });
  screen.print(mappingLines(tenants, out));
  screen.print(tenantCountLines(tenants.counts, tenants.active, out));
  const samples = await readSamples(wiring, options, tenants.mapping);

  const proposed = await proposeFiles(wiring, files, options, questions);
  screen.print(fileLines(proposed));
  const config = {
    tenants: tenants.mapping,
    migrationsFolder: mentionedFolder(proposed),
    knexfile: proposed.knexfile,
  };
  const given = { wiring, files, configured, config, options, questions, screen };
  if ((await writeConfig(given)) === 'declined') {
    screen.note(['Nothing was written.']);
    return EXIT.ok;
  }
  return checkAdoption(wiring, samples, proposed, options, screen);
}
