// node scripts/draw-state-machine.ts
//
// Draws docs/state-machine.svg from the definition that is deployed; a test holds the two together.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stateMachineDefinition } from '../lib/definition/state-machine-definition.ts';
import type { Program, State } from '../lib/definition/states-language.ts';
import { repository } from './repository.mjs';

const WIDTH = 200;
const HEIGHT = 40;
/** Between two states. */
const GAP = 34;
/** Between two arrows that go past states. */
const LANE = 26;
const MARGIN = 24;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly dashed: boolean;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** The graph of a state machine as SVG: states downwards in their order, arrows past others beside. */
export function drawStateMachine(program: Program): string {
  const { svg, width, height } = draw(program);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13">
<title>The states of the state machine</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>
<rect width="${width}" height="${height}" fill="#fff"/>
${svg}
</svg>
`;
}

function draw({ States, StartAt }: Program): Drawing {
  const names = Object.keys(States);
  const edges = names.flatMap((name) => edgesOf(name, States[name]));
  const inner = new Map(
    names.flatMap((name): [string, Drawing][] => {
      const processor = States[name]?.ItemProcessor;
      return processor === undefined ? [] : [[name, draw(processor)]];
    }),
  );
  const distance = ({ from, to }: Edge) => names.indexOf(to) - names.indexOf(from);
  // The further an arrow goes, the further out it is: they do not cross then.
  const past = edges
    .filter((edge) => distance(edge) !== 1)
    .sort((a, b) => Math.abs(distance(a)) - Math.abs(distance(b)));
  const isBack = (edge: Edge) => distance(edge) <= 0;
  const left = MARGIN + LANE * past.filter(isBack).length;
  const right = LANE * past.filter((edge) => !isBack(edge)).length;
  const column = Math.max(WIDTH, ...[...inner.values()].map(({ width }) => width));
  const boxes = new Map<string, Box>();
  let y = MARGIN + GAP;
  for (const name of names) {
    const { width = WIDTH, height = 0 } = inner.get(name) ?? {};
    const box = { x: left + (column - width) / 2, y, width, height: HEIGHT + height };
    boxes.set(name, box);
    y += box.height + GAP;
  }
  const boxOf = (name: string) => boxes.get(name) ?? { x: 0, y: 0, width: 0, height: 0 };
  const arrows = edges.map((edge) => {
    const [from, to] = [boxOf(edge.from), boxOf(edge.to)];
    if (!past.includes(edge)) {
      const x = from.x + from.width / 2;
      return arrow(
        edge,
        [
          [x, from.y + from.height],
          [x, to.y],
        ],
        [x + 6, to.y - GAP / 2 + 4],
      );
    }
    const back = isBack(edge);
    const lane = past.filter((other) => isBack(other) === back).indexOf(edge) + 1;
    const x = back ? left - LANE * lane : left + column + LANE * lane;
    const side = (box: Box) => (back ? box.x : box.x + box.width);
    const [start, end] = [from.y + Math.min(from.height, HEIGHT) * 0.65, to.y + HEIGHT * 0.35];
    const points: Point[] = [
      [side(from), start],
      [x, start],
      [x, end],
      [side(to), end],
    ];
    return arrow(edge, points, back ? [x + 4, start - 5] : [side(from) + 6, start - 5]);
  });
  const first = boxOf(StartAt);
  const middle = first.x + first.width / 2;
  const start = `<circle cx="${middle}" cy="${MARGIN}" r="6" fill="#57606a"/>${line(
    [
      [middle, MARGIN + 6],
      [middle, first.y],
    ],
    false,
  )}`;
  const states = names.map((name) => stateBox(name, States[name], boxOf(name), inner.get(name)));
  return {
    svg: [start, ...states, ...arrows].join('\n'),
    width: left + column + right + MARGIN,
    height: y - GAP + MARGIN,
  };
}

function edgesOf(from: string, state: State | undefined): Edge[] {
  const edge = (to: string, label = '', dashed = false): Edge => ({ from, to, label, dashed });
  return [
    ...(state?.Choices ?? []).map(({ Next, Condition }) => edge(Next, expected(Condition))),
    ...(state?.Default === undefined ? [] : [edge(state.Default, 'else')]),
    ...(state?.Next === undefined ? [] : [edge(state.Next)]),
    // A failure that leads to the same state as success is drawn once.
    ...(state?.Catch ?? [])
      .filter(({ Next }) => Next !== state?.Next)
      .map(({ Next, ErrorEquals }) => edge(Next, ErrorEquals.join(', '), true)),
  ];
}

/** `{% $states.input.decision = 'RUN' %}` is RUN, and `{% $exists($states.input.probe) %}` is probe. */
function expected(condition: string): string {
  const [, value, field] =
    /'([^']*)'|\$exists\(\$states\.input\.(?:gate\.)?(\w+)\)/.exec(condition) ?? [];
  return value ?? field ?? condition;
}

const FILLS = {
  Task: '#ddf4ff',
  Choice: '#fff8c5',
  Map: '#f6f8fa',
  Wait: '#fbefff',
  Succeed: '#dafbe1',
  Fail: '#ffebe9',
};

function stateBox(name: string, state: State | undefined, box: Box, inner?: Drawing): string {
  const type = state?.Type ?? 'Task';
  const radius = type === 'Choice' || type === 'Succeed' ? HEIGHT / 2 : 6;
  const caught = (state?.Catch ?? []).map(({ ErrorEquals }) => ErrorEquals.join(', '));
  const each = state?.ItemBatcher === undefined ? 'a tenant' : 'a batch of tenants';
  const kind = type === 'Map' ? `Distributed Map: a child execution ${each}` : type;
  const note = caught.length === 0 ? kind : `${kind}, catches ${caught.join(', ')}`;
  const x = box.x + box.width / 2;
  return [
    `<g><title>${escaped(note)}</title>`,
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${radius}" fill="${FILLS[type]}" stroke="#57606a"${type === 'Map' ? ' stroke-dasharray="5 3"' : ''}/>`,
    `<text x="${x}" y="${box.y + 18}" text-anchor="middle" font-weight="600" fill="#1f2328">${escaped(name)}</text>`,
    `<text x="${x}" y="${box.y + 32}" text-anchor="middle" font-size="10" fill="#57606a">${escaped(kind)}</text>`,
    inner === undefined
      ? ''
      : `<g transform="translate(${box.x} ${box.y + HEIGHT})">${inner.svg}</g>`,
    '</g>',
  ].join('');
}

type Point = readonly [x: number, y: number];

function arrow({ label, dashed }: Edge, points: readonly Point[], [x, y]: Point): string {
  const text =
    label === ''
      ? ''
      : `<text x="${x}" y="${y}" font-size="11" fill="#57606a">${escaped(label)}</text>`;
  return line(points, dashed) + text;
}

function line(points: readonly Point[], dashed: boolean): string {
  return `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="#57606a"${dashed ? ' stroke-dasharray="4 3"' : ''} marker-end="url(#arrow)"/>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The picture of the definition, with placeholders where it names resources. */
export function stateMachinePicture(): string {
  return drawStateMachine(
    stateMachineDefinition({
      partition: 'aws',
      listTenantsArn: 'list-tenants',
      migrateTenantArn: 'migrate-tenant',
      reduceOutcomesArn: 'reduce-outcomes',
      settleRunArn: 'settle-run',
      watchDigestsArn: 'watch-digests',
      runBucketName: 'runs',
      timeoutSeconds: 1,
      functionTimeoutSeconds: 1,
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(repository, 'docs/state-machine.svg'), stateMachinePicture());
}
