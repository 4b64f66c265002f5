import type { Project } from '../../compose/project/load-project.ts';
import type { WiringContext } from './wiring-context.ts';

/** The project of the current folder. */
export interface ProjectWiring {
  /** Reads the configuration of the project, once; the other groups follow it from then on. */
  loadProject(environment: string | undefined): Promise<Project>;
  /** Finds out which Knex runs the migrations of a folder, and which Fanfold this is. */
  installed(migrations: string): Promise<InstalledPackages>;
}

/** The packages that count. */
export interface InstalledPackages {
  readonly fanfold: { readonly version: string; readonly folder: string };
  /** `undefined` if there is none at all. */
  readonly knex:
    | { readonly version: string; readonly folder: string; readonly owner: 'project' | 'fanfold' }
    | undefined;
}

/** Wires the project, and gives access to it as it was last read. */
export function wireProject(
  env: WiringContext['env'],
): ProjectWiring & Pick<WiringContext, 'project'> {
  let project: Project | undefined;
  const read = async (environment: string | undefined): Promise<Project> => {
    const { loadProject } = await import('../../compose/project/load-project.ts');
    return loadProject({ directory: process.cwd(), environment, nodeEnv: env.NODE_ENV });
  };
  return {
    project: () => project,

    async loadProject(environment) {
      const { checkOwnCopy } = await import('../../compose/project/own-package.ts');
      if (project !== undefined && project.environment === environment) return project;
      project = await read(environment);
      checkOwnCopy(project);
      return project;
    },

    async installed(migrations) {
      const { ownPackage } = await import('../../compose/project/own-package.ts');
      const { knexOf } = await import('../../compose/project/project-knex.ts');
      const { displayPath } = await import('../../adapters/local/display-path.ts');
      project ??= await read(undefined);
      const named = <Found extends { readonly folder: string }>(found: Found) => ({
        ...found,
        folder: displayPath(found.folder),
      });
      const { found } = knexOf(project, migrations);
      return { fanfold: named(ownPackage()), knex: found && named(found) };
    },
  };
}
