import type { MissingProgram, Program } from '../programs/program.ts';
import { median } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import { type StartSample, TASKS } from './measure-start.ts';

/** Rows of `node -e 0`, of every program that was measured and of those that were not, by task. */
export function startTable(
  samples: readonly StartSample[],
  programs: readonly (Program | MissingProgram)[],
): string {
  const rows = TASKS.flatMap((task) => {
    const of = (name: string) =>
      samples.filter((sample) => sample.task === task && sample.name === name);
    const cpuOf = (name: string) => median(of(name).map(({ cpuMs }) => cpuMs));
    const row = (name: string, title: string): string[] => [
      `${task}: ${title}`,
      cpuOf(name).toFixed(0),
      (cpuOf(name) / cpuOf('node')).toFixed(1),
      of('knex-script').length === 0 ? '-' : (cpuOf(name) / cpuOf('knex-script')).toFixed(2),
      median(of(name).map(({ wallMs }) => wallMs)).toFixed(0),
    ];
    return [
      row('node', '`node -e 0`, which does nothing'),
      ...programs.flatMap((program) => {
        if ('missing' in program) {
          return task === 'help' ? [] : [[`${task}: ${program.title} (${program.missing})`]];
        }
        const [shortly = ''] = program.title.split(',');
        const title = task === 'help' ? shortly : program.title;
        return of(program.name).length === 0 ? [] : [row(program.name, title)];
      }),
    ];
  });
  return textTable(['command', 'CPU ms', '× node -e 0', '× Knex script', 'wall ms'], rows);
}
